package io.millrace.storage.log;

import io.millrace.storage.segment.WriteOutcome;
import org.jspecify.annotations.Nullable;

/**
 * What came of {@link FileWork}.
 *
 * @param written state of the segment that was written or cut; null when none was
 * @param derived of a rebuild: made on the lane, owned by the loop from here on
 * @param boundary where the batch begins that a {@link FileWork.Boundary} asked for
 */
public record FileOutcome(
        @Nullable WriteOutcome written, @Nullable DerivedState derived, long boundary) {

    public static final FileOutcome DONE = new FileOutcome(null, null, -1);

    public static FileOutcome of(WriteOutcome written) {
        return new FileOutcome(written, null, -1);
    }

    public static FileOutcome at(long boundary) {
        return new FileOutcome(null, null, boundary);
    }

    public static FileOutcome of(DerivedState derived) {
        return new FileOutcome(null, derived, -1);
    }
}
