package io.millrace.client.consumer.assignment;

import io.millrace.client.cluster.TopicPartition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Neighbouring partitions of each topic to each member, as Kafka's range assignor: members in order of instance id, then of member
 * id, the first ones getting one more where it does not come out even. Stateless.
 */
final class RangeAssignment {

    private static final Comparator<MemberSubscription> ORDER = Comparator.comparing(
                    MemberSubscription::instanceId, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(MemberSubscription::memberId);

    private RangeAssignment() {}

    /**
     * Who reads what.
     *
     * @param partitionCounts of the topics that exist
     * @return an entry for each member
     */
    static Map<String, List<TopicPartition>> of(
            SortedMap<String, Integer> partitionCounts, List<MemberSubscription> members) {
        Map<String, List<TopicPartition>> assignment = new TreeMap<>();
        for (MemberSubscription member : members) {
            assignment.put(member.memberId(), new ArrayList<>());
        }
        partitionCounts.forEach((topic, count) -> {
            List<MemberSubscription> readers = members.stream()
                    .filter(member -> member.topics().contains(topic))
                    .sorted(ORDER)
                    .toList();
            int next = 0;
            for (int i = 0; i < readers.size(); i++) {
                int share = count / readers.size() + (i < count % readers.size() ? 1 : 0);
                List<TopicPartition> own =
                        assignment.computeIfAbsent(readers.get(i).memberId(), id -> new ArrayList<>());
                for (int end = next + share; next < end; next++) {
                    own.add(new TopicPartition(topic, next));
                }
            }
        });
        return assignment;
    }
}
