package io.millrace.client.consumer.assignment;

import io.millrace.client.cluster.TopicPartition;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a member told the group's leader. Immutable.
 *
 * @param instanceId of a static member
 * @param owned what it held when it joined, as of {@code generation}
 * @param generation -1 when it did not tell
 */
public record MemberSubscription(
        String memberId, @Nullable String instanceId, List<String> topics, List<TopicPartition> owned, int generation) {

    public MemberSubscription {
        topics = List.copyOf(topics);
        owned = List.copyOf(owned);
    }

    public static SortedSet<String> allTopics(List<MemberSubscription> members) {
        SortedSet<String> topics = new TreeSet<>();
        for (MemberSubscription member : members) {
            topics.addAll(member.topics());
        }
        return topics;
    }
}
