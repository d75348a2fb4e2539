package io.millrace.broker.shard;

import io.millrace.replication.replica.ShardReplicas;
import io.millrace.runtime.EventLoop;

/** One shard: a loop and the replicas that it owns. Immutable; the replicas are touched on the loop only. */
public record Shard(int index, EventLoop loop, ShardReplicas replicas) {}
