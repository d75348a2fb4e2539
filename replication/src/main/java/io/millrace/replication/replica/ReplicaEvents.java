package io.millrace.replication.replica;

import io.millrace.protocol.Uuid;
import io.millrace.storage.LogIdentity;

/** What replicas report for metrics and alarms; called on the shard loop. Every method does nothing unless overridden. */
public interface ReplicaEvents {

    ReplicaEvents NONE = new ReplicaEvents() {};

    /**
     * Where the replicas of one topic report to from now on: resolved once per leadership, so that an append or a read looks
     * nothing up.
     */
    default ReplicaEvents ofTopic(Uuid topicId, String topic) {
        return this;
    }

    /** The topic was deleted; its replicas on this shard, if it had any, are closed. */
    default void topicDeleted(Uuid topicId) {}

    /** Batches got their offsets. */
    default void appended(int sizeBytes, long records) {}

    /** Batches were taken for a consumer. */
    default void fetched(int sizeBytes, long records) {}

    /** A replica stopped leading because its log failed or an invariant broke. */
    default void fenced(LogIdentity identity, String reason) {}

    /** A produce request waited longer than it allowed. Its records may be committed later. */
    default void produceExpired(LogIdentity identity) {}

    /** An idempotent producer's repeated batch was answered with its original place. */
    default void duplicateAnswered(LogIdentity identity) {}
}
