package io.millrace.client.consumer.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.cluster.TopicPartition;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AssignorTest {

    private static final TopicPartition A0 = new TopicPartition("a", 0);
    private static final TopicPartition A1 = new TopicPartition("a", 1);

    private static MemberSubscription member(String id, int generation, TopicPartition... owned) {
        return new MemberSubscription(id, null, List.of("a"), List.of(owned), generation);
    }

    private static Map<String, List<TopicPartition>> sticky(int partitions, MemberSubscription... members) {
        return Assignor.COOPERATIVE_STICKY.assign(new TreeMap<>(Map.of("a", partitions)), List.of(members));
    }

    @Test
    void aPartitionThatMovesIsNobodysForOneRound() {
        assertThat(sticky(2, member("x", 1, A0, A1), member("y", -1)))
                .isEqualTo(Map.of("x", List.of(A0), "y", List.of()));
        assertThat(sticky(2, member("x", 2, A0), member("y", 2))).isEqualTo(Map.of("x", List.of(A0), "y", List.of(A1)));
    }

    @Test
    void theLaterGenerationWinsAPartitionThatTwoClaim() {
        assertThat(sticky(2, member("x", 3, A0), member("y", 4, A0)))
                .isEqualTo(Map.of("x", List.of(A1), "y", List.of(A0)));
    }

    @Test
    void claimsOfPartitionsThatAreGoneCountForNothing() {
        assertThat(sticky(1, member("x", 1, A1), member("y", 1))).isEqualTo(Map.of("x", List.of(A0), "y", List.of()));
    }

    @Test
    void rangeGivesNeighboursToMembersInOrder() {
        assertThat(Assignor.RANGE.assign(
                        new TreeMap<>(Map.of("a", 3)),
                        List.of(
                                member("y", -1),
                                new MemberSubscription("x", null, List.of("a"), List.of(), -1),
                                new MemberSubscription("z", "static", List.of("a"), List.of(), -1),
                                new MemberSubscription("w", null, List.of("other"), List.of(), -1))))
                .isEqualTo(Map.of(
                        "z", List.of(A0), "x", List.of(A1), "y", List.of(new TopicPartition("a", 2)), "w", List.of()));
    }
}
