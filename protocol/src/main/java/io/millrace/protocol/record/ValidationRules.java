package io.millrace.protocol.record;

import io.millrace.protocol.compress.DecompressionLimits;
import java.util.Objects;

/**
 * What {@link BatchValidator} asks of a batch besides its structure. Immutable; made once per topic configuration.
 *
 * @param origin who made the batch
 * @param maxBatchBytes largest batch, bytes ({@code max.message.bytes})
 * @param keysRequired every record needs a key ({@code cleanup.policy} has {@code compact})
 * @param timestampType of the topic; with log append time the records' own timestamps are not checked
 * @param timestampBeforeMaxMs how far a record may lie before now ({@code message.timestamp.before.max.ms})
 * @param timestampAfterMaxMs how far a record may lie after now ({@code message.timestamp.after.max.ms})
 * @param headerOnly look at header and CRC only ({@code millrace.validate=header}); has no effect with keysRequired
 * @param decompression how much compressed records may unpack to
 */
public record ValidationRules(
        Origin origin,
        int maxBatchBytes,
        boolean keysRequired,
        TimestampType timestampType,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        boolean headerOnly,
        DecompressionLimits decompression) {

    /** Who made a batch. */
    public enum Origin {
        /** A producer: exactly contiguous offsets, no control bit, no delete horizon. */
        CLIENT,
        /** A broker (replication, recovery, markers): control batches and the gaps of compaction are in order. */
        BROKER
    }

    /** Kafka's default of {@code message.timestamp.after.max.ms}: one hour. */
    public static final long DEFAULT_TIMESTAMP_AFTER_MAX_MS = 3_600_000;

    /** Checks the numbers. */
    public ValidationRules {
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(timestampType, "timestampType");
        Objects.requireNonNull(decompression, "decompression");
        if (maxBatchBytes < 0 || timestampBeforeMaxMs < 0 || timestampAfterMaxMs < 0) {
            throw new IllegalArgumentException("limits must not be negative: maxBatchBytes=" + maxBatchBytes
                    + ", timestampBeforeMaxMs=" + timestampBeforeMaxMs + ", timestampAfterMaxMs="
                    + timestampAfterMaxMs);
        }
    }

    /** The same, but for how much may be unpacked. */
    public ValidationRules withDecompression(DecompressionLimits limits) {
        return new ValidationRules(
                origin,
                maxBatchBytes,
                keysRequired,
                timestampType,
                timestampBeforeMaxMs,
                timestampAfterMaxMs,
                headerOnly,
                limits);
    }

    /** Whether compressed records are unpacked at all. */
    public boolean looksIntoRecords() {
        return !headerOnly || keysRequired;
    }

    /** For batches of producers on a topic with Kafka's defaults. */
    public static ValidationRules forClients(int maxBatchBytes) {
        return new ValidationRules(
                Origin.CLIENT,
                maxBatchBytes,
                false,
                TimestampType.CREATE_TIME,
                Long.MAX_VALUE,
                DEFAULT_TIMESTAMP_AFTER_MAX_MS,
                false,
                DecompressionLimits.DEFAULT);
    }

    /** For batches that were checked once already: everything a broker may have stored. */
    public static ValidationRules forBrokers() {
        return new ValidationRules(
                Origin.BROKER,
                Integer.MAX_VALUE,
                false,
                TimestampType.CREATE_TIME,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                false,
                DecompressionLimits.DEFAULT);
    }
}
