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
                batches.headerOnly,
                DecompressionLimits.DEFAULT);
    }

    /** The most bytes that the index of a segment of that length can take. */
    public long indexBytesAtMost(long segmentLengthBytes) {
        return segmentLengthBytes / Math.max(indexIntervalBytes, SMALLEST_BATCH_BYTES) * INDEX_ENTRY_BYTES;
    }

    public LogConfig withSegmentBytes(int bytes) {
        return new LogConfig(
                bytes, segmentMs, indexIntervalBytes, segmentIndexBytes, retentionMs, retentionBytes, cleanup, batches);
    }

    public LogConfig withRetention(long ms, long bytes) {
        return new LogConfig(
                segmentBytes, segmentMs, indexIntervalBytes, segmentIndexBytes, ms, bytes, cleanup, batches);
    }
}
