package io.millrace.client.admin.group;

/**
 * A group as its coordinator lists it. Immutable.
 *
 * @param protocolType {@code consumer}, {@code connect} or a client's own; empty for a group that only has offsets
 * @param state e.g. {@code Stable}; empty from brokers before Kafka 2.6
 * @param type e.g. {@code classic}; empty from brokers before Kafka 3.8
 */
public record GroupListing(String groupId, String protocolType, String state, String type) {}
