package io.millrace.broker.coordinator.group.classic;

import io.millrace.broker.metrics.Meter;
import io.millrace.broker.metrics.Readings;
import java.util.Locale;

/** What the groups of one shard went through. Owned by the shard loop; outlives the coordinator partitions that count into it. */
@SuppressWarnings("EnumOrdinal") // counters by reason, as an array
public final class RebalanceCounts {

    private final long[] rebalances = new long[RebalanceReason.values().length];
    private long generations;
    private long expiredMembers;

    void began(RebalanceReason reason) {
        rebalances[reason.ordinal()]++;
    }

    void generationBegan() {
        generations++;
    }

    void memberExpired() {
        expiredMembers++;
    }

    /** Adds all counts. */
    public void read(Readings into) {
        for (RebalanceReason reason : RebalanceReason.values()) {
            into.add(
                    Meter.REBALANCES,
                    rebalances[reason.ordinal()],
                    reason.name().toLowerCase(Locale.ROOT));
        }
        into.add(Meter.GENERATIONS, generations);
        into.add(Meter.MEMBERS_EXPIRED, expiredMembers);
    }
}
