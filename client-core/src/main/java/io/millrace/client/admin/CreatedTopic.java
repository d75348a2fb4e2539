package io.millrace.client.admin;

import io.millrace.protocol.Uuid;

/**
 * A topic that was created. Immutable.
 *
 * @param id {@link Uuid#ZERO} from brokers before Kafka 2.8
 * @param partitions -1 from brokers before Kafka 2.4
 * @param replicationFactor -1 likewise
 */
public record CreatedTopic(String name, Uuid id, int partitions, int replicationFactor) {}
