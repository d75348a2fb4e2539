package io.millrace.replication.controller;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a controller behaves. Immutable.
 *
 * @param clusterId of the data folder; the metadata log must name the same
 * @param numPartitions of a topic that asks for the default ({@code num.partitions})
 * @param replicationFactor of a topic that asks for the default ({@code default.replication.factor})
 * @param initialFeatures finalized when the metadata log is new
 * @param limits bounds
 */
public record ControllerSettings(
        String clusterId,
        int numPartitions,
        short replicationFactor,
        SortedMap<String, Short> initialFeatures,
        Limits limits) {

    /**
     * Bounds. Immutable.
     *
     * @param maxPartitionsPerCommand created by one command
     * @param maxPartitions of the whole cluster
     * @param maxQueuedCommands waiting or being committed; more are answered with an error at once
     */
    public record Limits(int maxPartitionsPerCommand, long maxPartitions, int maxQueuedCommands) {

        public static final Limits DEFAULT = new Limits(10_000, 200_000, 1_000);

        /**
         * What one partition may cost on the heap: its place in the image, its replica, its log. About 2 KiB were measured (60,000
         * filled a heap of 128 MiB); the other half is for what serves them.
         */
        private static final long HEAP_BYTES_PER_PARTITION = 4 * 1024;

        /** The default, with no more partitions than a heap of this size holds: a folder that has them must start again. */
        public static Limits forHeap(long heapBytes) {
            long held = Math.max(1, heapBytes / HEAP_BYTES_PER_PARTITION);
            return new Limits(
                    DEFAULT.maxPartitionsPerCommand, Math.min(DEFAULT.maxPartitions, held), DEFAULT.maxQueuedCommands);
        }

        public Limits {
            if (maxPartitionsPerCommand < 1 || maxPartitions < 1 || maxQueuedCommands < 1) {
                throw new IllegalArgumentException("controller limits must be at least 1");
            }
        }
    }

    public ControllerSettings {
        if (clusterId.isEmpty() || numPartitions < 1 || replicationFactor < 1) {
            throw new IllegalArgumentException("a controller needs a cluster id and default counts of at least 1, not "
                    + numPartitions + " partitions and replication factor " + replicationFactor);
        }
        initialFeatures = Collections.unmodifiableSortedMap(new TreeMap<>(initialFeatures));
    }

    /** One partition, one replica, no features. */
    public static ControllerSettings of(String clusterId) {
        return new ControllerSettings(clusterId, 1, (short) 1, new TreeMap<>(), Limits.DEFAULT);
    }
}
