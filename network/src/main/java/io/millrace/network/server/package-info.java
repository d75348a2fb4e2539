/**
 * Listening sockets: accepts connections, spreads them over the shards, counts them, drains them. Entry type:
 * {@link io.millrace.network.server.KafkaServer}. Owner: the control loop accepts; each connection is owned by its shard.
 */
@NullMarked
package io.millrace.network.server;

import org.jspecify.annotations.NullMarked;
