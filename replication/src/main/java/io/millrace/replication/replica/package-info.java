/**
 * The replicas of one shard: what is appended, committed and readable in each partition that this broker leads. Entry types:
 * {@link io.millrace.replication.replica.ShardReplicas}, {@link io.millrace.replication.replica.LeaderReplica}. Owner: the
 * shard loop of the partition, for everything here.
 */
@NullMarked
package io.millrace.replication.replica;

import org.jspecify.annotations.NullMarked;
