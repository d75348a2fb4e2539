package io.millrace.storage;

import io.millrace.protocol.compress.DecompressionLimits;
import io.millrace.protocol.record.TimestampType;
import io.millrace.protocol.record.ValidationRules;

/**
 * The topic settings that a log obeys. Immutable; replaced as a whole by {@link PartitionLog#reconfigure}.
 *
 * @param segmentBytes {@code segment.bytes}: a segment is sealed before it would grow beyond this
 * @param segmentMs {@code segment.ms}: a segment is sealed at the first append this long after its first one
 * @param indexIntervalBytes {@code index.interval.bytes}
 * @param segmentIndexBytes {@code segment.index.bytes}: a segment is sealed before its index would grow beyond this
 * @param retentionMs {@code retention.ms}, -1 without bound
 * @param retentionBytes {@code retention.bytes}, -1 without bound
 * @param cleanup {@code cleanup.policy}
 * @param compaction when and how far a log whose policy says so is compacted
 * @param batches what a batch must obey to be appended
 */
public record LogConfig(
        int segmentBytes,
        long segmentMs,
        int indexIntervalBytes,
        int segmentIndexBytes,
        long retentionMs,
        long retentionBytes,
        Cleanup cleanup,
        Compaction compaction,
        BatchRules batches) {

    public static final int MIN_SEGMENT_BYTES = 4 * 1024;

    private static final int INDEX_ENTRY_BYTES = 32;
    private static final int SMALLEST_BATCH_BYTES = 61;

    /** Kafka's defaults, bounded where Millrace has a bound. */
    public static final LogConfig DEFAULT = new LogConfig(
            1 << 30,
            7L * 24 * 3600 * 1000,
            4096,
            10 << 20,
            7L * 24 * 3600 * 1000,
            -1,
            Cleanup.DELETE,
            Compaction.DEFAULT,
            BatchRules.DEFAULT);

    public LogConfig {
        if (segmentBytes < MIN_SEGMENT_BYTES) {
            throw new IllegalArgumentException(
                    "segment.bytes must be at least " + MIN_SEGMENT_BYTES + ", not " + segmentBytes);
        }
        if (segmentMs < 1) {
            throw new IllegalArgumentException("segment.ms must be at least 1, not " + segmentMs);
        }
        if (indexIntervalBytes < 0) {
            throw new IllegalArgumentException("index.interval.bytes must not be negative: " + indexIntervalBytes);
        }
    }

    /** {@code cleanup.policy}. */
    public enum Cleanup {
        DELETE,
        COMPACT,
        COMPACT_AND_DELETE;

        public boolean compacts() {
            return this != DELETE;
        }

        public boolean deletes() {
            return this != COMPACT;
        }
    }

    /**
     * Compaction of a log.
     *
     * @param minDirtyRatio {@code min.cleanable.dirty.ratio}: a log is due when more than this share of its sealed bytes was
     *     not compacted yet
     * @param minLagMs {@code min.compaction.lag.ms}: segments with younger records are left alone
     * @param maxLagMs {@code max.compaction.lag.ms}: a log with older records that were not compacted is due, whatever its ratio
     * @param deleteRetentionMs {@code delete.retention.ms}: how long a tombstone stays after the first pass that saw it
     */
    public record Compaction(double minDirtyRatio, long minLagMs, long maxLagMs, long deleteRetentionMs) {

        public static final Compaction DEFAULT = new Compaction(0.5, 0, Long.MAX_VALUE, 24L * 3600 * 1000);

        public Compaction {
            if (!(minDirtyRatio >= 0 && minDirtyRatio <= 1)) {
                throw new IllegalArgumentException("min.cleanable.dirty.ratio must be 0 to 1, not " + minDirtyRatio);
            }
            if (minLagMs < 0 || maxLagMs < 1 || deleteRetentionMs < 0) {
                throw new IllegalArgumentException("compaction times must not be negative: min lag " + minLagMs
                        + ", max lag " + maxLagMs + ", delete retention " + deleteRetentionMs);
            }
        }
    }

    /**
     * What a batch from a producer must obey.
     *
     * @param maxBatchBytes {@code max.message.bytes}
     * @param timestampType {@code message.timestamp.type}
     * @param timestampBeforeMaxMs {@code message.timestamp.before.max.ms}
     * @param timestampAfterMaxMs {@code message.timestamp.after.max.ms}
     * @param headerOnly {@code millrace.validate=header}
     */
    public record BatchRules(
            int maxBatchBytes,
            TimestampType timestampType,
            long timestampBeforeMaxMs,
            long timestampAfterMaxMs,
            boolean headerOnly) {

        public static final BatchRules DEFAULT =
                new BatchRules(1024 * 1024 + 12, TimestampType.CREATE_TIME, Long.MAX_VALUE, 3600_000, false);
    }

    /** The check that batches from {@code origin} must pass. Build once per configuration, not per append. */
    public ValidationRules rules(ValidationRules.Origin origin) {
        if (origin == ValidationRules.Origin.BROKER) {
            return ValidationRules.forBrokers();
        }
        return new ValidationRules(
                origin,
                batches.maxBatchBytes,
                cleanup.compacts(),
                batches.timestampType,
                batches.timestampBeforeMaxMs,
                batches.timestampAfterMaxMs,
                // Compaction drops what has no key: whoever wrote it must learn of that.
                batches.headerOnly && !cleanup.compacts(),
                DecompressionLimits.DEFAULT);
    }

    /** The most bytes that the index of a segment of that length can take. */
    public long indexBytesAtMost(long segmentLengthBytes) {
        return segmentLengthBytes / Math.max(indexIntervalBytes, SMALLEST_BATCH_BYTES) * INDEX_ENTRY_BYTES;
    }

    public LogConfig withSegmentBytes(int bytes) {
        return new LogConfig(
                bytes,
                segmentMs,
                indexIntervalBytes,
                segmentIndexBytes,
                retentionMs,
                retentionBytes,
                cleanup,
                compaction,
                batches);
    }

    public LogConfig withRetention(long ms, long bytes) {
        return new LogConfig(
                segmentBytes,
                segmentMs,
                indexIntervalBytes,
                segmentIndexBytes,
                ms,
                bytes,
                cleanup,
                compaction,
                batches);
    }

    public LogConfig withCleanup(Cleanup policy, Compaction how) {
        return new LogConfig(
                segmentBytes,
                segmentMs,
                indexIntervalBytes,
                segmentIndexBytes,
                retentionMs,
                retentionBytes,
                policy,
                how,
                batches);
    }

    /** How old the open segment of a log may get before an append seals it: what is not sealed is not compacted. */
    public long rollAfterMs() {
        return cleanup.compacts() ? Math.min(segmentMs, compaction.maxLagMs) : segmentMs;
    }
}
