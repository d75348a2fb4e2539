package io.millrace.storage.log;

import io.millrace.storage.segment.WriteOutcome;
import org.jspecify.annotations.Nullable;

/**
 * What came of {@link FileWork}.
 *
 * @param written state of the segment that was written or cut; null when none was
 * @param derived of a rebuild: made on the lane, owned by the loop from here on
 */
public record FileOutcome(
        @Nullable WriteOutcome written, @Nullable DerivedState derived) {

    public static final FileOutcome DONE = new FileOutcome(null, null);

    public static FileOutcome of(WriteOutcome written) {
        return new FileOutcome(written, null);
    }

    public static FileOutcome of(DerivedState derived) {
        return new FileOutcome(null, derived);
    }
}
