package io.millrace.client.consumer.assignment;

import io.millrace.client.cluster.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Ways to share partitions among members, by the names that Kafka's consumers use, so that both can be in one group. */
public enum Assignor {
    /** Neighbouring partitions of each topic; members give up everything before each rebalance. */
    RANGE("range"),
    /** Members keep what they have as far as that is even, and read on while the group rebalances (KIP-429). */
    COOPERATIVE_STICKY("cooperative-sticky");

    private final String wireName;

    Assignor(String wireName) {
        this.wireName = wireName;
    }

    /**
     * Shares partitions among the members that subscribe to their topics.
     *
     * @param partitionCounts of the topics that exist
     * @return an entry for each member
     */
    public Map<String, List<TopicPartition>> assign(
            SortedMap<String, Integer> partitionCounts, List<MemberSubscription> members) {
        return switch (this) {
            case RANGE -> RangeAssignment.of(partitionCounts, members);
            case COOPERATIVE_STICKY -> StickyAssignment.of(partitionCounts, members);
        };
    }

    /** Null when there is none of this name. */
    public static @Nullable Assignor of(String wireName) {
        for (Assignor assignor : values()) {
            if (assignor.wireName.equals(wireName)) {
                return assignor;
            }
        }
        return null;
    }

    /** As in the JoinGroup request. */
    public String wireName() {
        return wireName;
    }
}
