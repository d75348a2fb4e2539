/**
 * The shards of this broker: each one's replicas and logs, and how a request's partitions are spread over them. Entry type:
 * {@link io.millrace.broker.shard.Shards}. Owner: each shard its own loop.
 */
@NullMarked
package io.millrace.broker.shard;

import org.jspecify.annotations.NullMarked;
