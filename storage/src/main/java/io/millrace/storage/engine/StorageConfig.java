package io.millrace.storage.engine;

import io.millrace.storage.compaction.CompactionSlot;
import io.millrace.storage.journal.JournalSettings;
import io.millrace.storage.producer.ProducerLimits;
import io.millrace.storage.scrub.ScrubSlot;

/**
 * Sizes and bounds of a log directory. Immutable.
 *
 * @param compaction the process's right to compact, with its bounds; shared by all directories of a broker
 * @param scrub the same for scrubbing, with its interval and rate
 * @param reserveBytes free space below which clients' produce is refused, beside what the journal still needs
 */
public record StorageConfig(
        JournalSettings journal,
        ProducerLimits producers,
        SegmentBounds segments,
        long reserveBytes,
        CompactionSlot compaction,
        ScrubSlot scrub) {

    public static final StorageConfig DEFAULT =
            new StorageConfig(JournalSettings.DEFAULT, ProducerLimits.defaults(), 32 << 20, 512, 512, 64, 64L << 20);

    /** Files of 8 MiB at most and a small reserve: for {@code --ephemeral} and tests. */
    public static final StorageConfig SMALL =
            new StorageConfig(JournalSettings.SMALL, ProducerLimits.defaults(), 8 << 20, 128, 128, 64, 1L << 20);

    /**
     * How many segments may be open, and how much of them not synced.
     *
     * @param maxDirtyBytes segment bytes written but not synced before write-behind stops to sync them: a sync of six files
     *     costs 25 to 60 ms however little is dirty, and nothing is written meanwhile, so 8 MiB kept up with 170 MB/s, 32 MiB
     *     with 400
     * @param maxOpenSegments segments that readers keep open, per shard, and as many again that they stand at
     * @param maxOpenWriters segments that write-behind keeps open, per shard
     * @param syncFileSystemFrom dirty files from which one syncfs replaces a sync each; a syncfs delays the journal's own syncs
     *     more than single ones do, so only for very many
     */
    public record SegmentBounds(int maxDirtyBytes, int maxOpenSegments, int maxOpenWriters, int syncFileSystemFrom) {

        public SegmentBounds {
            if (maxDirtyBytes < 1 || maxOpenSegments < 1 || maxOpenWriters < 1 || syncFileSystemFrom < 1) {
                throw new IllegalArgumentException("bounds must be positive: dirty=" + maxDirtyBytes + " openSegments="
                        + maxOpenSegments + " openWriters=" + maxOpenWriters + " syncFileSystemFrom="
                        + syncFileSystemFrom);
            }
        }
    }

    /** With slots of its own. */
    public StorageConfig(
            JournalSettings journal,
            ProducerLimits producers,
            int maxDirtyBytes,
            int maxOpenSegments,
            int maxOpenWriters,
            int syncFileSystemFrom,
            long reserveBytes) {
        this(
                journal,
                producers,
                new SegmentBounds(maxDirtyBytes, maxOpenSegments, maxOpenWriters, syncFileSystemFrom),
                reserveBytes,
                new CompactionSlot(),
                new ScrubSlot());
    }

    public StorageConfig {
        if (reserveBytes < 0) {
            throw new IllegalArgumentException("the reserve cannot be negative: " + reserveBytes);
        }
    }

    /** Space that a file keeps for a start on a full disk. */
    long reserveFileBytes() {
        return reserveBytes / 4;
    }

    /** Where a segment ends when recovery writes it; topic settings are not known yet. */
    int recoveryRollBytes() {
        return 1 << 30;
    }

    public StorageConfig withJournal(JournalSettings settings) {
        return new StorageConfig(settings, producers, segments, reserveBytes, compaction, scrub);
    }

    public StorageConfig withProducers(ProducerLimits limits) {
        return new StorageConfig(journal, limits, segments, reserveBytes, compaction, scrub);
    }

    public StorageConfig withReserveBytes(long bytes) {
        return new StorageConfig(journal, producers, segments, bytes, compaction, scrub);
    }

    /** For tests and whoever starts several directories: the slot that they share. */
    public StorageConfig withCompaction(CompactionSlot slot) {
        return new StorageConfig(journal, producers, segments, reserveBytes, slot, scrub);
    }

    /** The same for scrubbing. */
    public StorageConfig withScrub(ScrubSlot slot) {
        return new StorageConfig(journal, producers, segments, reserveBytes, compaction, slot);
    }
}
