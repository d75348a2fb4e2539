package io.millrace.storage;

import io.millrace.protocol.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of an append. */
public sealed interface AppendResult {

    /**
     * The batches are in the log; not yet written, not yet synced.
     *
     * @param baseOffset offset of the first record
     * @param endOffset exclusive
     * @param logAppendTimeMs milliseconds since the epoch when the topic stamps append time, else -1
     * @param logStartOffset of the log at that moment
     */
    record Appended(long baseOffset, long endOffset, long logAppendTimeMs, long logStartOffset)
            implements AppendResult {}

    /**
     * An idempotent producer sent a batch again that the log already holds: answer its original place, once that place is
     * as durable as the request asks.
     */
    record Duplicate(long baseOffset, long endOffset, long logAppendTimeMs, long logStartOffset)
            implements AppendResult {}

    /** Nothing was appended. {@code recordErrors} is empty unless single records are to blame (KIP-467). */
    record Refused(ErrorCode error, String message, List<RecordError> recordErrors) implements AppendResult {}

    /**
     * One bad record.
     *
     * @param batchIndex index of the record in the batch
     */
    record RecordError(int batchIndex, @Nullable String message) {}
}
