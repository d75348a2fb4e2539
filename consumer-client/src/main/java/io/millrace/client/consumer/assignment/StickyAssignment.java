package io.millrace.client.consumer.assignment;

import io.millrace.client.cluster.TopicPartition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An even assignment that moves few partitions, and in two steps (KIP-429): in the first round a partition that changes hands is
 * nobody's; its owner gives it up and joins again, and the round after gives it to the new one. So no two members ever read it at once.
 * Used once, by the group's leader.
 *
 * <ol>
 *   <li>Everybody keeps what they own; a partition claimed twice stays with the later generation, or with nobody at a tie.
 *   <li>What is left goes to the least loaded reader, topics with few readers first.
 *   <li>Single partitions move from members to ones with at least two less, until none can. Each move lowers the sum of squared
 *       loads, so this ends; where all read the same topics, loads then differ by one at most.
 *   <li>What somebody else still claims is withheld from its new member.
 * </ol>
 */
final class StickyAssignment {

    private final SortedMap<String, Integer> partitionCounts;
    private final List<MemberSubscription> members;
    private final Map<String, TreeSet<TopicPartition>> assignment = new TreeMap<>();
    private final Map<String, List<String>> readers = new HashMap<>();

    private StickyAssignment(SortedMap<String, Integer> partitionCounts, List<MemberSubscription> members) {
        this.partitionCounts = partitionCounts;
        this.members = members;
        for (MemberSubscription member : members) {
            assignment.put(member.memberId(), new TreeSet<>());
            for (String topic : new TreeSet<>(member.topics())) {
                readers.computeIfAbsent(topic, name -> new ArrayList<>()).add(member.memberId());
            }
        }
    }

    /**
     * Who reads what.
     *
     * @param partitionCounts of the topics that exist
     * @return an entry for each member
     */
    static Map<String, List<TopicPartition>> of(
            SortedMap<String, Integer> partitionCounts, List<MemberSubscription> members) {
        StickyAssignment sticky = new StickyAssignment(partitionCounts, members);
        sticky.placeRest(sticky.keepOwned());
        while (sticky.evenOut()) {
            // until no move is worthwhile
        }
        sticky.withholdMoving();
        Map<String, List<TopicPartition>> result = new TreeMap<>();
        sticky.assignment.forEach((member, partitions) -> result.put(member, new ArrayList<>(partitions)));
        return result;
    }

    private Set<TopicPartition> keepOwned() {
        Map<TopicPartition, MemberSubscription> owners = new HashMap<>();
        Set<TopicPartition> disputed = new HashSet<>();
        for (MemberSubscription member : members) {
            for (TopicPartition partition : member.owned()) {
                if (!exists(partition) || !member.topics().contains(partition.topic())) {
                    continue;
                }
                MemberSubscription other = owners.get(partition);
                if (other == null || other.generation() < member.generation()) {
                    owners.put(partition, member);
                    disputed.remove(partition);
                } else if (other.generation() == member.generation()
                        && !other.memberId().equals(member.memberId())) {
                    disputed.add(partition);
                }
            }
        }
        owners.keySet().removeAll(disputed);
        owners.forEach((partition, owner) -> held(owner.memberId()).add(partition));
        return owners.keySet();
    }

    private boolean exists(TopicPartition partition) {
        return partition.partition() < partitionCounts.getOrDefault(partition.topic(), 0);
    }

    private void placeRest(Set<TopicPartition> placed) {
        List<String> topics = new ArrayList<>(partitionCounts.keySet());
        topics.sort(Comparator.comparingInt(topic -> readersOf(topic).size()));
        for (String topic : topics) {
            if (readersOf(topic).isEmpty()) {
                continue;
            }
            for (int i = 0; i < partitionCounts.getOrDefault(topic, 0); i++) {
                TopicPartition partition = new TopicPartition(topic, i);
                if (!placed.contains(partition)) {
                    held(leastLoaded(topic)).add(partition);
                }
            }
        }
    }

    /** Moves one partition, from the most loaded member that can give one: so nobody gives and gets. */
    private boolean evenOut() {
        List<String> byLoad = new ArrayList<>(assignment.keySet());
        byLoad.sort(Comparator.comparingInt((String member) -> -held(member).size()));
        for (String from : byLoad) {
            TopicPartition last = null;
            for (TopicPartition partition : held(from).descendingSet()) {
                if (last != null && last.topic().equals(partition.topic())) {
                    continue; // the same readers
                }
                last = partition;
                String to = leastLoaded(partition.topic());
                if (held(to).size() + 1 < held(from).size()) {
                    held(from).remove(partition);
                    held(to).add(partition);
                    return true;
                }
            }
        }
        return false;
    }

    private void withholdMoving() {
        Map<TopicPartition, Set<String>> claims = new HashMap<>();
        for (MemberSubscription member : members) {
            for (TopicPartition partition : member.owned()) {
                claims.computeIfAbsent(partition, name -> new HashSet<>()).add(member.memberId());
            }
        }
        assignment.forEach((member, partitions) -> partitions.removeIf(partition -> {
            @Nullable Set<String> claimants = claims.get(partition);
            return claimants != null && !claimants.contains(member);
        }));
    }

    private String leastLoaded(String topic) {
        List<String> candidates = readersOf(topic);
        String least = candidates.getFirst();
        for (String candidate : candidates) {
            if (held(candidate).size() < held(least).size()) {
                least = candidate;
            }
        }
        return least;
    }

    private List<String> readersOf(String topic) {
        return readers.getOrDefault(topic, List.of());
    }

    @SuppressWarnings("NonApiType") // its order is used
    private TreeSet<TopicPartition> held(String member) {
        return assignment.computeIfAbsent(member, id -> new TreeSet<>());
    }
}
