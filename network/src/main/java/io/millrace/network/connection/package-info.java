/**
 * One accepted connection: requests handed over as they arrive, answers leaving in request order, bounds on both. Entry types:
 * {@link io.millrace.network.connection.RequestHandler} (implemented by the broker),
 * {@link io.millrace.network.connection.ServerConnection}. Owner: the shard loop of the connection.
 */
@NullMarked
package io.millrace.network.connection;

import org.jspecify.annotations.NullMarked;
