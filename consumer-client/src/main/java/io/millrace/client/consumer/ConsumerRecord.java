package io.millrace.client.consumer;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.protocol.record.RecordHeader;
import io.millrace.protocol.record.TimestampType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record that was read. Its arrays are its own.
 *
 * @param key null: none
 * @param value null: a tombstone
 * @param leaderEpoch under which it was appended; -1 when unknown
 */
@SuppressWarnings("ArrayRecordComponent") // keys and values are bytes; nobody compares whole records
public record ConsumerRecord(
        TopicPartition partition,
        long offset,
        long timestampMs,
        TimestampType timestampType,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<RecordHeader> headers,
        int leaderEpoch) {

    public String topic() {
        return partition.topic();
    }
}
