package io.millrace.tools.group;

import io.millrace.client.admin.Admin;
import io.millrace.client.admin.group.CommittedOffset;
import io.millrace.client.cluster.FoundOffset;
import io.millrace.client.cluster.OffsetQuery;
import io.millrace.client.cluster.PartitionImage;
import io.millrace.client.cluster.TopicImage;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.tools.shell.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** What groups have committed, beside where the logs end. Used by one thread. */
final class LagLookup {

    /** Groups that are asked about at a time, which bounds what is in flight and in memory. */
    static final int GROUPS_AT_A_TIME = 100;

    private final Admin admin;
    private final Set<TopicPartition> led = new HashSet<>();

    /** Reads once which partitions there are: groups remember topics that are gone, which would fail a look-up of offsets. */
    LagLookup(Admin admin) {
        this.admin = admin;
        for (TopicImage topic : Outcome.of(admin.listTopics())) {
            for (PartitionImage partition : topic.partitions()) {
                if (partition.hasLeader()) {
                    led.add(new TopicPartition(topic.name(), partition.partition()));
                }
            }
        }
    }

    /** Whether a partition can be asked for offsets. */
    boolean isLed(TopicPartition partition) {
        return led.contains(partition);
    }

    /** What each group has committed, at most {@link #GROUPS_AT_A_TIME} of them. */
    Map<String, SortedMap<TopicPartition, CommittedOffset>> committed(List<String> groups) {
        Map<String, CompletableFuture<SortedMap<TopicPartition, CommittedOffset>>> asked = new TreeMap<>();
        for (String group : groups) {
            asked.put(group, admin.groups().committedOffsets(group));
        }
        Map<String, SortedMap<TopicPartition, CommittedOffset>> committed = new HashMap<>();
        asked.forEach((group, answer) -> committed.put(group, Outcome.of(answer)));
        return committed;
    }

    /** Where partitions end now; those that cannot be asked are left out. Ask after {@link #committed}, so that no lag is negative. */
    Map<TopicPartition, FoundOffset> offsets(Collection<TopicPartition> partitions, OffsetQuery query) {
        Map<TopicPartition, OffsetQuery> queries = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            if (isLed(partition)) {
                queries.put(partition, query);
            }
        }
        return Outcome.of(admin.listOffsets(queries));
    }

    /**
     * One group's lag in every partition that it has committed in.
     *
     * @param more partitions to show although nothing was committed in them
     */
    List<PartitionLag> lagOf(
            SortedMap<TopicPartition, CommittedOffset> committed,
            Collection<TopicPartition> more,
            Map<TopicPartition, FoundOffset> ends) {
        SortedMap<TopicPartition, PartitionLag> lag = new TreeMap<>();
        Set<TopicPartition> all = new HashSet<>(committed.keySet());
        all.addAll(more);
        for (TopicPartition partition : all) {
            FoundOffset end = ends.get(partition);
            lag.put(
                    partition,
                    new PartitionLag(partition, committed.get(partition), end == null ? null : end.offset()));
        }
        return new ArrayList<>(lag.values());
    }
}
