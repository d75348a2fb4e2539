package io.millrace.replication.replica;

import io.millrace.protocol.ErrorCode;
import io.millrace.storage.AppendResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of the batches that a producer sent to one partition. */
public sealed interface ProduceOutcome {

    /**
     * Nothing was appended because the tail has no room: the disk is slower than the producers. The same append is worth
     * repeating soon; a client that is told so gets KAFKA_STORAGE_ERROR, which it retries.
     */
    record TailFull() implements ProduceOutcome {}

    /**
     * As durable as asked; for a repeated batch the original place.
     *
     * @param logAppendTimeMs -1 unless the topic stamps append time
     */
    record Accepted(long baseOffset, long logAppendTimeMs, long logStartOffset) implements ProduceOutcome {}

    /**
     * Not accepted. After {@code REQUEST_TIMED_OUT}, {@code NOT_ENOUGH_REPLICAS_AFTER_APPEND}, and when the replica was
     * fenced or closed while the batches waited, they may be in the log and may be committed; else nothing was appended.
     */
    record Refused(ErrorCode error, @Nullable String message, List<AppendResult.RecordError> recordErrors)
            implements ProduceOutcome {

        Refused(ErrorCode error, @Nullable String message) {
            this(error, message, List.of());
        }
    }
}
