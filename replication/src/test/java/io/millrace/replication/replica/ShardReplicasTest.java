package io.millrace.replication.replica;

import static io.millrace.replication.fixture.Expect.present;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import io.millrace.protocol.Uuid;
import io.millrace.replication.fixture.FakeLog;
import io.millrace.replication.fixture.ManualLoop;
import io.millrace.replication.metadata.ConfigResource;
import io.millrace.replication.metadata.IntList;
import io.millrace.replication.metadata.MetadataDelta;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataReplay;
import io.millrace.replication.metadata.PartitionImage;
import io.millrace.replication.metadata.SnapshotRecords;
import io.millrace.replication.record.FormatRecord;
import io.millrace.replication.record.PartitionChangesRecord;
import io.millrace.replication.record.PartitionsRecord;
import io.millrace.replication.record.RemoveTopicRecord;
import io.millrace.replication.record.TopicRecord;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.PartitionLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ShardReplicasTest {

    private static final Uuid TOPIC = new Uuid(7, 7);
    private static final int SHARDS = 3;

    private final ManualLoop loop = new ManualLoop();
    private final List<FakeLog> logs = new ArrayList<>();
    private final List<String> deleted = new ArrayList<>();
    private final List<ShardReplicas> shards = new ArrayList<>();
    private MetadataImage image = MetadataReplay.replay(
            MetadataImage.EMPTY, new FormatRecord().clusterId("c").metadataFormat((short) 1));

    private final PartitionLogs source = new PartitionLogs() {
        @Override
        public @Nullable PartitionLog open(LogIdentity identity, MetadataImage image) {
            if (identity.topic().equals("offline")) {
                return null;
            }
            FakeLog log = new FakeLog(identity);
            logs.add(log);
            return log;
        }

        @Override
        public void reconfigure(PartitionLog log, MetadataImage image) {
            log.reconfigure(log.config());
        }

        @Override
        public void whenRoom(Runnable task) {
            task.run();
        }

        @Override
        public void delete(PartitionLog log) {
            deleted.add(log.identity().toString());
        }
    };

    ShardReplicasTest() {
        for (int i = 0; i < SHARDS; i++) {
            ShardReplicas.Shard shard = new ShardReplicas.Shard(loop, i, SHARDS, 1);
            shards.add(new ShardReplicas(
                    shard, source, (image, topic) -> settings(image, topic.name()), ReplicaEvents.NONE));
        }
    }

    private static ReplicaSettings settings(MetadataImage image, String topic) {
        String durability = image.configs(ConfigResource.topic(topic)).get("millrace.durability");
        return new ReplicaSettings(1, "written".equals(durability) ? Durability.WRITTEN : Durability.SYNCED);
    }

    private void commit(Message... records) {
        MetadataImage before = image;
        image = MetadataReplay.replay(image, List.of(records));
        MetadataDelta delta = MetadataDelta.of(before, image, List.of(records));
        shards.forEach(each -> each.changed(before, image, delta));
    }

    private static PartitionsRecord partitions(Uuid topic, int first, int count, int leader) {
        List<PartitionsRecord.NewPartition> added = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            IntList replicas = IntList.of(leader);
            added.add(SnapshotRecords.newPartition(new PartitionImage(i, leader, 0, 0, replicas, replicas)));
        }
        return new PartitionsRecord().topicId(topic).partitions(added);
    }

    private void create(int count) {
        commit(new TopicRecord().name("t").topicId(TOPIC), partitions(TOPIC, 0, count, 1));
    }

    private LeaderReplica leader(int partition) {
        return present(find(partition));
    }

    private @Nullable LeaderReplica find(int partition) {
        return shards.get(ShardAssignment.shardOf("t", partition, SHARDS)).leader(TOPIC, partition);
    }

    @Test
    void everyPartitionIsLedByItsShardAndNoOther() {
        create(9);
        for (int partition = 0; partition < 9; partition++) {
            int number = partition;
            assertThat(shards.stream().filter(each -> each.leader(TOPIC, number) != null))
                    .hasSize(1);
            assertThat(leader(partition).identity().partition()).isEqualTo(partition);
        }
        assertThat(shards).allSatisfy(each -> assertThat(each.replicaCount()).isEqualTo(3));
        assertThat(find(9)).isNull();
        assertThat(shards.getFirst().leader(new Uuid(1, 2), 0)).isNull();
        assertThat(shards.getFirst().leader(TOPIC, -1)).isNull();
    }

    @Test
    void addedPartitionsOpenAndTheOthersStay() {
        create(3);
        List<LeaderReplica> before = List.of(leader(0), leader(1), leader(2));
        commit(partitions(TOPIC, 3, 20, 1));
        assertThat(List.of(leader(0), leader(1), leader(2))).isEqualTo(before);
        assertThat(leader(22).identity().partition()).isEqualTo(22);
        assertThat(logs).hasSize(23);
    }

    @Test
    void aNewLeaderEpochEndsTheOldLeadershipOnTheSameLog() {
        create(1);
        LeaderReplica old = leader(0);
        List<ProduceOutcome> outcomes = new ArrayList<>();
        old.append(FakeLog.batch(2), -1, (short) -1, 1_000, (slot, outcome) -> outcomes.add(outcome), 0);
        commit(new PartitionChangesRecord()
                .topicId(TOPIC)
                .changes(List.of(new PartitionChangesRecord.PartitionChange()
                        .partition(0)
                        .leader(1)
                        .leaderEpoch(1)
                        .partitionEpoch(1)
                        .isr(null)
                        .replicas(null))));
        assertThat(outcomes)
                .singleElement()
                .isInstanceOfSatisfying(
                        ProduceOutcome.Refused.class,
                        refused -> assertThat(refused.error()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER));
        assertThat(leader(0).leaderEpoch()).isEqualTo(1);
        assertThat(leader(0).log()).isSameAs(old.log());
        logs.getFirst().synced(2);
        assertThat(leader(0).highWatermark()).isEqualTo(2);
    }

    @Test
    void aDeletedTopicClosesItsReplicasAndDeletesTheirLogs() {
        create(4);
        LeaderReplica gone = leader(0);
        List<PendingFetch.Reason> woken = new ArrayList<>();
        new PendingFetch(
                        shards.get(ShardAssignment.shardOf("t", 0, SHARDS)).deadlines(),
                        new MissingBytes(1),
                        1_000_000,
                        woken::add)
                .watch(gone);
        commit(new RemoveTopicRecord().topicId(TOPIC));
        assertThat(find(0)).isNull();
        assertThat(gone.isLeading()).isFalse();
        assertThat(woken).containsExactly(PendingFetch.Reason.CHANGED);
        assertThat(new TreeSet<>(deleted)).isEqualTo(Set.of("t-0", "t-1", "t-2", "t-3"));
        assertThat(shards).allSatisfy(each -> assertThat(each.replicaCount()).isZero());
    }

    @Test
    void nothingIsDeletedBecauseMetadataLacksIt() {
        create(2);
        shards.forEach(each -> each.changed(image, MetadataImage.EMPTY, MetadataDelta.full(MetadataImage.EMPTY)));
        assertThat(deleted).isEmpty();
        assertThat(find(0)).isNotNull();
    }

    @Test
    void partitionsOfOtherBrokersAreNotOpened() {
        commit(new TopicRecord().name("t").topicId(TOPIC), partitions(TOPIC, 0, 3, 2));
        assertThat(logs).isEmpty();
        assertThat(find(0)).isNull();
    }

    @Test
    void aLogWhoseDirectoryIsOfflineIsNotLed() {
        commit(new TopicRecord().name("offline").topicId(TOPIC), partitions(TOPIC, 0, 1, 1));
        assertThat(find(0)).isNull();
    }

    @Test
    void changedConfigsReachTheLogsAndLeadersOfThatTopic() {
        create(3);
        leader(0).append(FakeLog.batch(1), -1, (short) 0, 0, (slot, outcome) -> {}, 0);
        FakeLog log = (FakeLog) leader(0).log();
        log.written(1);
        assertThat(leader(0).highWatermark()).isZero();
        commit(SnapshotRecords.config(ConfigResource.topic("t"), "millrace.durability", "written"));
        assertThat(leader(0).highWatermark()).isEqualTo(1);
        assertThat(logs).allSatisfy(each -> assertThat(each.reconfigured()).isEqualTo(1));
        commit(SnapshotRecords.config(ConfigResource.CLUSTER, "x", "y"));
        assertThat(logs).allSatisfy(each -> assertThat(each.reconfigured()).isEqualTo(2));
    }

    @Test
    void closingEndsEveryLeadership() {
        create(3);
        LeaderReplica replica = leader(1);
        shards.forEach(ShardReplicas::close);
        assertThat(replica.isLeading()).isFalse();
        assertThat(find(1)).isNull();
    }
}
