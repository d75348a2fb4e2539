/**
 * Connections to brokers: addresses, version negotiation, reconnecting with backoff, requests and replies. Entry type:
 * {@link io.millrace.client.connection.BrokerLinks}. Owner: the client's one event loop.
 *
 * <p>An edge to the outside world: sockets through {@code network}, random jitter.
 */
@NullMarked
package io.millrace.client.connection;

import org.jspecify.annotations.NullMarked;
