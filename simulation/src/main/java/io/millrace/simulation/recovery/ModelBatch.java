package io.millrace.simulation.recovery;

import java.nio.ByteBuffer;

/**
 * One record batch as the log must hold it. Immutable.
 *
 * @param bytes as the log must hold them, {@code position..limit}; nobody moves either
 * @param endOffset exclusive
 * @param producerId -1 without
 * @param event its number among the events of its log, from 1
 */
record ModelBatch(
        ByteBuffer bytes,
        long baseOffset,
        long endOffset,
        int leaderEpoch,
        long producerId,
        int producerEpoch,
        int sequence,
        int event) {

    boolean isIdempotent() {
        return producerId >= 0;
    }

    int recordCount() {
        return (int) (endOffset - baseOffset);
    }

    @Override
    public String toString() {
        return baseOffset + ".." + endOffset + (isIdempotent() ? " p" + producerId + "#" + sequence : "");
    }
}
