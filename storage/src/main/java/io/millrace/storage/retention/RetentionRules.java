package io.millrace.storage.retention;

import io.millrace.storage.LogConfig;
import java.util.List;

/**
 * What retention makes of a log at one moment. Pure.
 *
 * <p>From the oldest part on, a sealed segment goes when its newest record is older than {@code retention.ms}, or when what
 * remains without it is still at least {@code retention.bytes}; the first that stays ends it, whatever the age of those
 * behind. What is not sealed goes by time only, and only as a whole.
 */
public final class RetentionRules {

    /** The newest timestamp is not known yet. */
    public static final long UNKNOWN_TIME = Long.MAX_VALUE;

    /** Nothing will be due, or nothing has to be looked up. */
    public static final long NEVER = Long.MAX_VALUE;

    /** How soon to look again when something is due that is not committed yet. */
    static final long BLOCKED_MS = 1_000;

    private static final int NONE = -1;

    private RetentionRules() {}

    /**
     * A stretch of the log.
     *
     * @param endOffset exclusive
     * @param maxTimestampMs {@link #UNKNOWN_TIME}, or -1 when no record has one
     */
    public record Part(long endOffset, long sizeBytes, long maxTimestampMs, boolean sealed) {}

    /**
     * What to do.
     *
     * @param logStartOffset where the log should start
     * @param nextMs wall time at which to decide again, {@link #NEVER} when only a change can make a difference
     * @param unknown index of the part whose newest timestamp is needed to decide further, -1 when none is
     */
    public record Outcome(long logStartOffset, long nextMs, int unknown) {}

    /**
     * Decides.
     *
     * @param parts from the log start on, oldest first
     * @param endOffset no part that ends above it goes: high watermark, last stable offset
     */
    public static Outcome decide(List<Part> parts, long logStartOffset, long endOffset, LogConfig config, long nowMs) {
        if (!config.cleanup().deletes() || (config.retentionMs() < 0 && config.retentionBytes() < 0)) {
            return new Outcome(logStartOffset, NEVER, NONE);
        }
        long remainingBytes = 0;
        for (Part part : parts) {
            remainingBytes += part.sizeBytes();
        }
        long start = logStartOffset;
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            boolean bySize = part.sealed()
                    && config.retentionBytes() >= 0
                    && remainingBytes - part.sizeBytes() >= config.retentionBytes();
            if (!bySize) {
                if (config.retentionMs() >= 0 && part.maxTimestampMs() == UNKNOWN_TIME) {
                    return new Outcome(start, NEVER, i);
                }
                if (part.sealed()
                        && part.maxTimestampMs() < 0
                        && config.cleanup().compacts()) {
                    // Compaction left no dated record: it goes with the next part that is too old.
                    continue;
                }
                long expiryMs = expiryMs(part, config);
                if (nowMs < expiryMs) {
                    return new Outcome(start, expiryMs, NONE);
                }
            }
            if (part.endOffset() > endOffset) {
                return new Outcome(start, nowMs + BLOCKED_MS, NONE);
            }
            start = part.endOffset();
            remainingBytes -= part.sizeBytes();
        }
        return new Outcome(start, NEVER, NONE);
    }

    /** The first moment at which a part is too old. */
    private static long expiryMs(Part part, LogConfig config) {
        if (config.retentionMs() < 0 || part.maxTimestampMs() < 0) {
            return NEVER;
        }
        long expiryMs = part.maxTimestampMs() + config.retentionMs();
        return expiryMs < 0 || expiryMs == NEVER ? NEVER : expiryMs + 1;
    }
}
