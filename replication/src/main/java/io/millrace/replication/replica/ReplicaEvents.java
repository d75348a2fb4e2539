package io.millrace.replication.replica;

import io.millrace.storage.LogIdentity;

/** What replicas report for metrics and alarms; called on the shard loop. Every method does nothing unless overridden. */
public interface ReplicaEvents {

    ReplicaEvents NONE = new ReplicaEvents() {};

    /** A replica stopped leading because its log failed or an invariant broke. */
    default void fenced(LogIdentity identity, String reason) {}

    /** A produce request waited longer than it allowed. Its records may be committed later. */
    default void produceExpired(LogIdentity identity) {}

    /** An idempotent producer's repeated batch was answered with its original place. */
    default void duplicateAnswered(LogIdentity identity) {}
}
