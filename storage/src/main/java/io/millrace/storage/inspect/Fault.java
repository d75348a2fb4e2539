package io.millrace.storage.inspect;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is not as it was written. Immutable.
 *
 * @param log topic and partition, null when it concerns none or all of a journal
 * @param offset end of what is good of the log before it; -1 when it is at no offset
 * @param weight whether it matters
 */
public record Fault(
        Weight weight,
        Path file,
        long filePosition,
        @Nullable String log,
        long offset,
        String what) {

    /** How much a fault matters. */
    public enum Weight {
        /** Bytes that were synced are not what they were; also of what can be made again from the log. */
        DAMAGE,
        /** What a crash leaves behind and the next start mends or removes; nothing that was acknowledged. */
        LEFT_OVER
    }
}
