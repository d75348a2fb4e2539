package io.millrace.client.cluster;

import java.util.List;

/**
 * A partition as metadata described it. Immutable.
 *
 * @param leaderId -1 while nobody leads
 * @param leaderEpoch -1 when the broker did not tell
 * @param replicas broker ids, the preferred leader first
 * @param inSyncReplicas broker ids
 */
public record PartitionImage(
        int partition, int leaderId, int leaderEpoch, List<Integer> replicas, List<Integer> inSyncReplicas) {

    public static final int NO_LEADER = -1;

    public PartitionImage {
        replicas = List.copyOf(replicas);
        inSyncReplicas = List.copyOf(inSyncReplicas);
    }

    public boolean hasLeader() {
        return leaderId != NO_LEADER;
    }
}
