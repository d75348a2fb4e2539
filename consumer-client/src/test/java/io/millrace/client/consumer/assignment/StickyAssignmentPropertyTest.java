package io.millrace.client.consumer.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.cluster.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** A group whose members come, go and change their minds, as the leader and the members would see it. */
class StickyAssignmentPropertyTest {

    private static final int MOST_ROUNDS = 4;

    /** Member by member what it holds; members apply each round as the consumer does. */
    private final Map<String, Set<TopicPartition>> held = new TreeMap<>();

    private final Map<String, List<String>> topicsOf = new TreeMap<>();
    private final SortedMap<String, Integer> counts = new TreeMap<>();
    private int generation;

    /** One rebalance; returns whether a member gave something up, so that another has to follow. */
    private boolean rebalance() {
        List<MemberSubscription> members = new ArrayList<>();
        held.forEach((member, owned) -> members.add(new MemberSubscription(
                member, null, topicsOf.getOrDefault(member, List.of()), new ArrayList<>(owned), generation)));
        Map<String, List<TopicPartition>> assignment = Assignor.COOPERATIVE_STICKY.assign(counts, members);
        generation++;
        assertThat(assignment.keySet()).isEqualTo(held.keySet());
        Map<TopicPartition, String> owners = new HashMap<>();
        held.forEach((member, owned) -> owned.forEach(partition -> owners.put(partition, member)));
        boolean revoked = false;
        Set<TopicPartition> given = new HashSet<>();
        for (Map.Entry<String, List<TopicPartition>> entry : assignment.entrySet()) {
            for (TopicPartition partition : entry.getValue()) {
                assertThat(given.add(partition))
                        .as("%s is given once", partition)
                        .isTrue();
                assertThat(owners.getOrDefault(partition, entry.getKey()))
                        .as("%s is not taken from under its owner", partition)
                        .isEqualTo(entry.getKey());
                assertThat(topicsOf.getOrDefault(entry.getKey(), List.of())).contains(partition.topic());
            }
        }
        for (Map.Entry<String, List<TopicPartition>> entry : assignment.entrySet()) {
            Set<TopicPartition> before = held.put(entry.getKey(), new HashSet<>(entry.getValue()));
            revoked |= before != null && !new HashSet<>(entry.getValue()).containsAll(before);
        }
        return revoked;
    }

    private void settle(boolean alike) {
        Map<String, Set<TopicPartition>> before = new TreeMap<>();
        held.forEach((member, owned) -> before.put(member, Set.copyOf(owned)));
        int rounds = 1;
        while (rebalance()) {
            assertThat(++rounds).as("rounds").isLessThanOrEqualTo(MOST_ROUNDS);
        }
        Set<TopicPartition> all = new HashSet<>();
        held.values().forEach(all::addAll);
        counts.forEach((topic, count) -> {
            boolean read = topicsOf.values().stream().anyMatch(topics -> topics.contains(topic));
            for (int i = 0; i < count; i++) {
                assertThat(all.contains(new TopicPartition(topic, i))).isEqualTo(read);
            }
        });
        if (alike && !held.isEmpty()) {
            int least = held.values().stream().mapToInt(Set::size).min().orElse(0);
            int most = held.values().stream().mapToInt(Set::size).max().orElse(0);
            assertThat(most - least).isLessThanOrEqualTo(1);
            held.forEach((member, now) -> {
                Set<TopicPartition> kept = new HashSet<>(before.getOrDefault(member, Set.of()));
                int owned = kept.size();
                kept.retainAll(now);
                assertThat(kept.size()).as("%s keeps its share", member).isGreaterThanOrEqualTo(Math.min(owned, least));
            });
        }
    }

    private void happen(Random random, boolean alike) {
        switch (random.nextInt(3)) {
            case 0 -> {
                String member = "m" + random.nextInt(6);
                held.put(member, new HashSet<>());
                topicsOf.put(
                        member,
                        alike || random.nextBoolean()
                                ? List.of("a", "b", "c")
                                : List.of(List.of("a", "b", "c").get(random.nextInt(3))));
            }
            case 1 -> {
                String member = "m" + random.nextInt(6);
                held.remove(member);
                topicsOf.remove(member);
            }
            default -> counts.merge(List.of("a", "b", "c").get(random.nextInt(3)), 1 + random.nextInt(4), Integer::sum);
        }
    }

    @Property(tries = 300)
    void membersThatReadTheSameShareEvenlyAndKeepTheirs(@ForAll long seed) {
        run(seed, true);
    }

    @Property(tries = 300)
    void membersThatReadOtherTopicsGetEverythingOnce(@ForAll long seed) {
        run(seed, false);
    }

    private void run(long seed, boolean alike) {
        held.clear();
        topicsOf.clear();
        counts.clear();
        generation = 0;
        Random random = new Random(seed);
        for (int i = 0; i < 12; i++) {
            happen(random, alike);
            settle(alike);
        }
    }
}
