package io.millrace.client.producer;

import io.millrace.client.connection.ClientConfig;
import io.millrace.protocol.compress.Codec;

/**
 * How a producer batches and delivers. Immutable.
 *
 * @param client servers, timeouts, backoff
 * @param acks {@code acks}; {@link Acks#ALL} also makes the producer idempotent
 * @param codec {@code compression.type}
 * @param lingerMs how long a batch waits to be filled ({@code linger.ms})
 * @param batchBytes a batch is sent at this size before compression ({@code batch.size})
 * @param maxRequestBytes largest record, and bound of one request before compression ({@code max.request.size})
 * @param bufferBytes bound of records not yet delivered, before compression ({@code buffer.memory}); compressed copies come on top
 * @param maxBlockMs how long {@code send} may wait for metadata or buffer space ({@code max.block.ms})
 * @param deliveryTimeoutMs from {@code send} to success or failure ({@code delivery.timeout.ms})
 */
public record ProducerConfig(
        ClientConfig client,
        Acks acks,
        Codec codec,
        long lingerMs,
        int batchBytes,
        int maxRequestBytes,
        long bufferBytes,
        long maxBlockMs,
        long deliveryTimeoutMs) {

    private static final int MIN_BATCH_BYTES = 256;
    private static final int MAX_REQUEST_BYTES = 64 * 1024 * 1024;

    public ProducerConfig {
        if (lingerMs < 0 || maxBlockMs < 0 || deliveryTimeoutMs < 1) {
            throw new IllegalArgumentException("lingerMs=" + lingerMs + ", maxBlockMs=" + maxBlockMs
                    + " must not be negative and deliveryTimeoutMs=" + deliveryTimeoutMs + " must be at least 1");
        }
        if (batchBytes < MIN_BATCH_BYTES || maxRequestBytes < batchBytes || maxRequestBytes > MAX_REQUEST_BYTES) {
            throw new IllegalArgumentException("batchBytes=" + batchBytes + " must be at least " + MIN_BATCH_BYTES
                    + " and at most maxRequestBytes=" + maxRequestBytes + ", which may be " + MAX_REQUEST_BYTES);
        }
        if (bufferBytes < maxRequestBytes) {
            throw new IllegalArgumentException("bufferBytes=" + bufferBytes
                    + " must hold at least one record of maxRequestBytes=" + maxRequestBytes);
        }
    }

    /** Idempotent, uncompressed, 5 ms linger, 64 KiB batches, 32 MiB buffer. */
    public static ProducerConfig of(ClientConfig client) {
        return new ProducerConfig(
                client, Acks.ALL, Codec.NONE, 5, 64 * 1024, 1024 * 1024, 32L * 1024 * 1024, 60_000, 120_000);
    }

    boolean idempotent() {
        return acks == Acks.ALL;
    }

    public ProducerConfig withAcks(Acks newAcks) {
        return new ProducerConfig(
                client,
                newAcks,
                codec,
                lingerMs,
                batchBytes,
                maxRequestBytes,
                bufferBytes,
                maxBlockMs,
                deliveryTimeoutMs);
    }

    public ProducerConfig withCodec(Codec newCodec) {
        return new ProducerConfig(
                client,
                acks,
                newCodec,
                lingerMs,
                batchBytes,
                maxRequestBytes,
                bufferBytes,
                maxBlockMs,
                deliveryTimeoutMs);
    }

    public ProducerConfig withBatching(long newLingerMs, int newBatchBytes, int newMaxRequestBytes) {
        return new ProducerConfig(
                client,
                acks,
                codec,
                newLingerMs,
                newBatchBytes,
                newMaxRequestBytes,
                bufferBytes,
                maxBlockMs,
                deliveryTimeoutMs);
    }

    public ProducerConfig withBuffer(long newBufferBytes, long newMaxBlockMs) {
        return new ProducerConfig(
                client,
                acks,
                codec,
                lingerMs,
                batchBytes,
                maxRequestBytes,
                newBufferBytes,
                newMaxBlockMs,
                deliveryTimeoutMs);
    }

    public ProducerConfig withDeliveryTimeoutMs(long timeoutMs) {
        return new ProducerConfig(
                client, acks, codec, lingerMs, batchBytes, maxRequestBytes, bufferBytes, maxBlockMs, timeoutMs);
    }
}
