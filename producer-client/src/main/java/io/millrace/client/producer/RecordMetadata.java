package io.millrace.client.producer;

import io.millrace.client.cluster.TopicPartition;

/**
 * Where a record went. Immutable.
 *
 * @param offset -1 when the broker did not tell: acks=0, or a duplicate of a batch it has forgotten the offset of
 * @param timestampMs the broker's when the topic uses log append time, else the record's own
 */
public record RecordMetadata(TopicPartition partition, long offset, long timestampMs) {

    public static final long UNKNOWN_OFFSET = -1;
}
