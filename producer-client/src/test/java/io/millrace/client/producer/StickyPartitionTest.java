package io.millrace.client.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.cluster.PartitionImage;
import io.millrace.client.cluster.TopicImage;
import io.millrace.protocol.Uuid;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StickyPartitionTest {

    private static TopicImage topic(int... leaders) {
        List<PartitionImage> partitions = new ArrayList<>();
        for (int leader : leaders) {
            partitions.add(new PartitionImage(partitions.size(), leader, 1, List.of(0), List.of(0)));
        }
        return new TopicImage("t", Uuid.ZERO, false, partitions);
    }

    @Test
    void staysUntilABatchIsFullAndThenMovesOn() {
        StickyPartition sticky = new StickyPartition(100);
        TopicImage topic = topic(0, 0, 0);
        int before = -1;
        Set<Integer> seen = new HashSet<>();
        for (int batch = 0; batch < 50; batch++) {
            int first = sticky.choose(topic, 25);
            assertThat(first).isNotEqualTo(before);
            for (int i = 0; i < 3; i++) {
                assertThat(sticky.choose(topic, 25)).isEqualTo(first);
            }
            before = first;
            seen.add(first);
        }
        assertThat(seen).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void aPartitionWithoutLeaderIsPassedOverWhileAnotherHasOne() {
        StickyPartition sticky = new StickyPartition(1);
        TopicImage topic = topic(PartitionImage.NO_LEADER, 0, PartitionImage.NO_LEADER, 0);
        for (int i = 0; i < 50; i++) {
            assertThat(sticky.choose(topic, 1)).isIn(1, 3);
        }
    }

    @Test
    void withoutAnyLeaderRecordsStillGetAPartition() {
        StickyPartition sticky = new StickyPartition(1);
        TopicImage topic = topic(PartitionImage.NO_LEADER, PartitionImage.NO_LEADER);
        for (int i = 0; i < 20; i++) {
            assertThat(sticky.choose(topic, 1)).isBetween(0, 1);
        }
        assertThat(new StickyPartition(1).choose(topic(0), 1)).isZero();
    }
}
