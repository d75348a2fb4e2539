package io.millrace.client.cluster;

import io.millrace.client.connection.ServerAddress;

/** A broker and where it listens. Immutable. */
public record BrokerPlace(int id, ServerAddress address) {}
