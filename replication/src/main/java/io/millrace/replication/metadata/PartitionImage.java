package io.millrace.replication.metadata;

/**
 * Who holds a partition and who leads it. Immutable.
 *
 * <p>Invariants (asserted in replay): the ISR is a subset of the replicas; the leader is in the ISR or is
 * {@link #NO_LEADER}; epochs only grow.
 *
 * @param leader broker id or {@link #NO_LEADER}
 * @param leaderEpoch grows with every change of leader and every start of one
 * @param partitionEpoch grows with every change at all
 * @param replicas in the order of preference, without duplicates
 * @param isr the in-sync replicas
 */
public record PartitionImage(
        int partition, int leader, int leaderEpoch, int partitionEpoch, IntList replicas, IntList isr) {

    public static final int NO_LEADER = -1;

    public boolean hasLeader() {
        return leader != NO_LEADER;
    }
}
