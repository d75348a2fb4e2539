package io.millrace.replication.replica;

/**
 * The topic settings that decide what is committed. Immutable; replicated cluster state, never broker-local (KAFKA-16540).
 *
 * @param minInsyncReplicas {@code min.insync.replicas}, at least 1; the replication factor bounds it
 * @param durability what counts as held
 */
public record ReplicaSettings(int minInsyncReplicas, Durability durability) {

    public static final ReplicaSettings DEFAULT = new ReplicaSettings(1, Durability.SYNCED);

    public ReplicaSettings {
        if (minInsyncReplicas < 1) {
            throw new IllegalArgumentException("min.insync.replicas must be at least 1, is " + minInsyncReplicas);
        }
    }
}
