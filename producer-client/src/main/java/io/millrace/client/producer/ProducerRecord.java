package io.millrace.client.producer;

import io.millrace.protocol.record.RecordHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record to send. Its byte arrays must not change until {@code send} returned, which copies them into a batch.
 *
 * @param partition null: by key, or sticky when there is no key
 * @param timestampMs null: when it is sent
 * @param key null: none
 * @param value null: a tombstone in compacted topics
 */
@SuppressWarnings("ArrayRecordComponent") // keys and values are bytes; nobody compares whole records
public record ProducerRecord(
        String topic,
        @Nullable Integer partition,
        @Nullable Long timestampMs,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<RecordHeader> headers) {

    public ProducerRecord {
        if (topic.isEmpty()) {
            throw new IllegalArgumentException("a record needs a topic");
        }
        if (partition != null && partition < 0) {
            throw new IllegalArgumentException("partition " + partition + " is negative");
        }
        if (timestampMs != null && timestampMs < 0) {
            throw new IllegalArgumentException("timestamp " + timestampMs + " ms is before 1970");
        }
        headers = List.copyOf(headers);
    }

    public static ProducerRecord of(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        return new ProducerRecord(topic, null, null, key, value, List.of());
    }

    /** The same record, for this partition whatever its key. */
    public ProducerRecord toPartition(int number) {
        return new ProducerRecord(topic, number, timestampMs, key, value, headers);
    }

    /** The same record with this timestamp. */
    public ProducerRecord at(long newTimestampMs) {
        return new ProducerRecord(topic, partition, newTimestampMs, key, value, headers);
    }

    /** The same record with these headers. */
    public ProducerRecord withHeaders(List<RecordHeader> newHeaders) {
        return new ProducerRecord(topic, partition, timestampMs, key, value, newHeaders);
    }
}
