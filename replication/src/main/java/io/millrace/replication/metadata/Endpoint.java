package io.millrace.replication.metadata;

/**
 * An address that a broker tells its clients. Immutable.
 *
 * @param listener the listener's name
 * @param host as advertised: what clients resolve and connect to
 * @param port {@code 0..65535}
 * @param securityProtocol Kafka's number: 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL
 */
public record Endpoint(String listener, String host, int port, short securityProtocol) {}
