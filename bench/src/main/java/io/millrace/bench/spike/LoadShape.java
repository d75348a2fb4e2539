package io.millrace.bench.spike;

/**
 * One cell of the matrix.
 *
 * @param batchesPerSecond open-loop rate; 0 means a closed loop that keeps {@code window} batches in flight
 */
record LoadShape(int partitions, int batchBytes, int batchesPerSecond, int window, long durationMs) {
    boolean openLoop() {
        return batchesPerSecond > 0;
    }

    String key() {
        return partitions + "," + batchBytes + "," + (openLoop() ? "open" : "closed");
    }
}
