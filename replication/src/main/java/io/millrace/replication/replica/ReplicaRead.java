package io.millrace.replication.replica;

import io.millrace.protocol.ErrorCode;
import io.millrace.storage.EpochEnd;
import io.millrace.storage.LogSlice;
import io.millrace.storage.ReadResult;
import java.util.List;

/** What a read of a replica came to. */
public sealed interface ReplicaRead {

    /**
     * Where the replica stood.
     *
     * @param highWatermark -1 when the replica cannot say
     * @param lastStableOffset at most the high watermark
     */
    record Offsets(long highWatermark, long lastStableOffset, long logStartOffset) {

        static final Offsets UNKNOWN = new Offsets(-1, -1, -1);
    }

    /**
     * Whole batches in offset order, none when there is nothing to read yet.
     *
     * @param slices the receiver releases each one, from any thread
     * @param endOffset after the last batch; the offset asked for when there is none
     */
    record Batches(List<LogSlice> slices, int sizeBytes, long endOffset, Offsets offsets) implements ReplicaRead {}

    /** The bytes are not at hand; repeat the read when {@code bytes} says so. */
    record Pending(ReadResult.Pending bytes) implements ReplicaRead {}

    /** The reader followed another history (KIP-320, KIP-595): it must go back to {@code epochEnd}. */
    record Diverging(EpochEnd epochEnd, Offsets offsets) implements ReplicaRead {}

    /** Nothing was read. */
    record Refused(ErrorCode error, String message, Offsets offsets) implements ReplicaRead {}
}
