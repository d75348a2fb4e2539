package io.millrace.broker.fetch;

import io.millrace.protocol.ErrorCode;
import io.millrace.replication.replica.ReplicaRead;
import io.millrace.storage.EpochEnd;
import io.millrace.storage.LogSlice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one partition contributes to a fetch answer. Immutable; whoever holds it releases the slices or hands them on.
 *
 * @param slices whole batches, possibly none
 */
record PartitionRead(
        ErrorCode error,
        long highWatermark,
        long lastStableOffset,
        long logStartOffset,
        @Nullable EpochEnd divergingEpoch,
        List<LogSlice> slices,
        int sizeBytes) {

    static PartitionRead of(
            ReplicaRead.Offsets offsets, @Nullable EpochEnd divergingEpoch, List<LogSlice> slices, int sizeBytes) {
        return new PartitionRead(
                ErrorCode.NONE,
                offsets.highWatermark(),
                offsets.lastStableOffset(),
                offsets.logStartOffset(),
                divergingEpoch,
                slices,
                sizeBytes);
    }

    static PartitionRead error(ErrorCode error) {
        return new PartitionRead(error, -1, -1, -1, null, List.of(), 0);
    }

    static PartitionRead error(ErrorCode error, ReplicaRead.Offsets offsets) {
        return new PartitionRead(
                error,
                offsets.highWatermark(),
                offsets.lastStableOffset(),
                offsets.logStartOffset(),
                null,
                List.of(),
                0);
    }

    boolean isError() {
        return error != ErrorCode.NONE;
    }
}
