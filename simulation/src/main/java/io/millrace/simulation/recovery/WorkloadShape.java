package io.millrace.simulation.recovery;

import io.millrace.simulation.SimRandom;

/**
 * What one workload does: each seed switches an arbitrary part of the features on, so that some runs are all truncation and
 * others never restart. Immutable.
 *
 * @param journalFileBytes small, so that files are reused several times
 * @param maxValueBytes of one record
 * @param hugeBatches now and then a batch larger than a tail chunk
 */
record WorkloadShape(
        int partitions,
        int shards,
        int steps,
        int segmentBytes,
        int journalFileBytes,
        int journalFiles,
        int maxRecords,
        int maxValueBytes,
        boolean hugeBatches,
        boolean followers,
        boolean idempotence,
        boolean truncates,
        boolean startMoves,
        boolean resets,
        boolean deletes,
        boolean restarts,
        boolean kills,
        boolean syncFileSystem,
        int syncFileSystemFrom,
        int maxDirtyBytes,
        boolean failingSync,
        int restPercent,
        Retention retention,
        Compaction compaction) {

    /**
     * How topics are compacted.
     *
     * @param keys that records have; 0 for topics that are not compacted
     * @param tombstonesGo whether a tombstone goes with the first pass after the one that saw it; otherwise it stays
     */
    record Compaction(int keys, double minDirtyRatio, boolean tombstonesGo) {

        private static final Compaction NONE = new Compaction(0, 0.5, false);

        /** From numbers of its own, as {@link Retention}. */
        static Compaction draw(SimRandom random) {
            return random.percent(65)
                    ? NONE
                    : new Compaction(keys(random), random.nextInt(3) * 0.2, random.nextBoolean());
        }

        /** Few, so that most records are superseded, or so many that some segments keep all they have. */
        private static int keys(SimRandom random) {
            return random.oneIn(3) ? random.between(100, 2_000) : random.between(1, 12);
        }

        boolean isOn() {
            return keys > 0;
        }
    }

    /** What topics keep; -1 without bound. A workload lasts some hundred milliseconds. */
    record Retention(long ms, long bytes) {

        private static final Retention NONE = new Retention(-1, -1);

        /** From numbers of its own, so that what else a seed draws stays what it was. */
        static Retention draw(SimRandom random) {
            return random.percent(60)
                    ? NONE
                    : new Retention(
                            random.percent(70) ? random.between(1L, 80L) : -1,
                            random.percent(50) ? random.between(0L, 6L * BLOCK_BYTES) : -1);
        }
    }

    private static final int BLOCK_BYTES = 4096;

    static WorkloadShape draw(SimRandom random, SimRandom ofRetention, SimRandom ofCompaction) {
        Compaction compaction = Compaction.draw(ofCompaction);
        // A pass needs sealed segments: more work on fewer, smaller ones.
        int more = compaction.isOn() ? 3 : 1;
        return new WorkloadShape(
                (random.between(1, 6) + more - 1) / more,
                random.between(1, 2),
                random.between(15, 60) * more,
                BLOCK_BYTES << (random.nextInt(4) / more),
                BLOCK_BYTES * random.between(16, 24),
                random.between(2, 4),
                random.between(1, 12) * more,
                20 << random.nextInt(7),
                random.oneIn(25) && !compaction.isOn(),
                random.nextBoolean(),
                random.percent(70),
                random.percent(60),
                random.percent(50),
                random.percent(25),
                random.percent(40),
                random.percent(50),
                random.percent(40),
                random.percent(80),
                random.between(1, 5),
                BLOCK_BYTES << random.nextInt(6),
                random.oneIn(10),
                random.between(10, 90),
                Retention.draw(ofRetention),
                compaction);
    }
}
