package io.millrace.storage.producer;

/**
 * How many producers a log remembers and for how long. Immutable.
 *
 * @param maxPerLog beyond it the producer that has been idle longest is forgotten
 * @param expirationMs {@code producer.id.expiration.ms}: forgotten after so long without a batch
 * @param broker shared by all logs
 */
public record ProducerLimits(int maxPerLog, long expirationMs, ProducerCount broker) {

    public static final int DEFAULT_MAX_PER_LOG = 20_000;
    public static final long DEFAULT_EXPIRATION_MS = 24L * 3600 * 1000;

    public ProducerLimits {
        if (maxPerLog < 1 || expirationMs < 1) {
            throw new IllegalArgumentException(
                    "maxPerLog and expirationMs must be at least 1: " + maxPerLog + ", " + expirationMs);
        }
    }

    public ProducerLimits withExpirationMs(long ms) {
        return new ProducerLimits(maxPerLog, ms, broker);
    }

    /** The defaults, with a count of their own. */
    public static ProducerLimits defaults() {
        return new ProducerLimits(
                DEFAULT_MAX_PER_LOG, DEFAULT_EXPIRATION_MS, new ProducerCount(ProducerCount.DEFAULT_MAX));
    }
}
