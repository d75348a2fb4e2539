package io.millrace.broker.lag;

import io.millrace.protocol.Uuid;

/** What a group has committed of one partition: it goes on at {@code offset}. Immutable. */
record CommittedPosition(String groupId, String topic, Uuid topicId, int partition, long offset) {}
