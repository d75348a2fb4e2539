package io.millrace.replication.replica;

import static io.millrace.replication.fixture.FakeLog.batch;
import static io.millrace.replication.fixture.FakeLog.duplicateOf;
import static io.millrace.replication.replica.LeaderFixture.ALL;
import static io.millrace.replication.replica.LeaderFixture.LEADER;
import static io.millrace.replication.replica.LeaderFixture.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.replication.fixture.FakeLog;
import io.millrace.replication.metadata.IntList;
import io.millrace.replication.metadata.PartitionImage;
import io.millrace.storage.StorageFailure;
import org.junit.jupiter.api.Test;

class LeaderReplicaTest {

    private final LeaderFixture leader = new LeaderFixture();

    @Test
    void acksAllWaitsForTheSyncByDefault() {
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        leader.produce(replica, 3, ALL);
        leader.log.written(3);
        assertThat(leader.outcomes).isEmpty();
        assertThat(replica.highWatermark()).isZero();
        leader.log.synced(3);
        assertThat(leader.outcomes).containsExactly("at 0");
        assertThat(replica.highWatermark()).isEqualTo(3);
        assertThat(leader.log.notedHighWatermark()).isEqualTo(3);
        assertThat(leader.deadlines.size()).isZero();
    }

    @Test
    void acksAllWaitsForTheWriteWhenTheTopicAsksForNoMore() {
        LeaderReplica replica = leader.alone(Durability.WRITTEN);
        leader.produce(replica, 3, ALL);
        assertThat(leader.outcomes).isEmpty();
        leader.log.written(3);
        assertThat(leader.outcomes).containsExactly("at 0");
    }

    @Test
    void acksOneWaitsForTheWriteAndAcksNoneForNothing() {
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        leader.produce(replica, 2, NONE);
        assertThat(leader.outcomes).containsExactly("at 0");
        leader.produce(replica, 2, LEADER);
        assertThat(leader.outcomes).hasSize(1);
        leader.log.written(3);
        assertThat(leader.outcomes).hasSize(1);
        leader.log.written(4);
        assertThat(leader.outcomes).containsExactly("at 0", "at 2");
        assertThat(replica.highWatermark()).isZero();
    }

    @Test
    void onlyAcksOneAndTopicsThatAskForNoMoreAwaitTheWrite() {
        LeaderReplica synced = leader.alone(Durability.SYNCED);
        leader.produce(synced, 1, ALL);
        assertThat(synced.awaitsWritten()).isFalse();
        leader.produce(synced, 1, LEADER);
        assertThat(synced.awaitsWritten()).isTrue();
        leader.log.written(2);
        assertThat(synced.awaitsWritten()).isFalse();
        assertThat(new LeaderFixture().alone(Durability.WRITTEN).awaitsWritten())
                .isTrue();
    }

    @Test
    void otherAcksAreRefused() {
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        leader.produce(replica, 1, (short) 2);
        leader.produce(replica, 1, (short) -2);
        assertThat(leader.outcomes).containsExactly("INVALID_REQUIRED_ACKS", "INVALID_REQUIRED_ACKS");
        assertThat(leader.log.logEndOffset()).isZero();
    }

    @Test
    void aRepeatedBatchIsAnsweredOnceItsOriginalIsAsDurableAsAsked() {
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        leader.produce(replica, 5, NONE);
        leader.produce(replica, 5, ALL);
        replica.append(duplicateOf(0, 5), -1, ALL, 1_000, leader::done, 0);
        assertThat(leader.outcomes).containsExactly("at 0");
        leader.log.synced(5);
        assertThat(leader.outcomes).containsExactly("at 0", "at 0");
        replica.append(duplicateOf(0, 5), -1, ALL, 1_000, leader::done, 0);
        assertThat(leader.outcomes).containsExactly("at 0", "at 0", "at 0");
        leader.log.synced(10);
        assertThat(leader.outcomes).last().isEqualTo("at 5");
    }

    @Test
    void aTimeoutAnswersOnlyThatAppend() {
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        replica.append(batch(1), -1, ALL, 10, leader::done, 0);
        replica.append(batch(1), -1, ALL, 20, leader::done, 0);
        leader.loop.advanceMs(10);
        assertThat(leader.outcomes).containsExactly("REQUEST_TIMED_OUT");
        leader.log.synced(2);
        assertThat(leader.outcomes).containsExactly("REQUEST_TIMED_OUT", "at 1");
        assertThat(leader.deadlines.size()).isZero();
    }

    @Test
    void aRefusedAppendAnswersTheLogsReason() {
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        replica.append(FakeLog.refused(), -1, ALL, 10, leader::done, 0);
        assertThat(leader.outcomes).containsExactly("CORRUPT_MESSAGE");
        assertThat(leader.deadlines.size()).isZero();
    }

    @Test
    void staleAndFutureLeaderEpochsAreFencedEverywhere() {
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        replica.append(batch(1), 4, ALL, 10, leader::done, 0);
        replica.append(batch(1), 6, ALL, 10, leader::done, 0);
        assertThat(leader.outcomes).containsExactly("FENCED_LEADER_EPOCH", "UNKNOWN_LEADER_EPOCH");
        assertThat(leader.read(replica, 0, ReadBound.COMMITTED, 4, -1)).isEqualTo("FENCED_LEADER_EPOCH");
        assertThat(leader.read(replica, 0, ReadBound.COMMITTED, 6, -1)).isEqualTo("UNKNOWN_LEADER_EPOCH");
        assertThat(replica.epochEnd(4, 5).error()).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        replica.listOffset(
                -1,
                ReadBound.COMMITTED,
                6,
                (slot, listed) -> leader.outcomes.add(listed.error().name()),
                0);
        assertThat(leader.outcomes).last().isEqualTo("UNKNOWN_LEADER_EPOCH");
        assertThat(leader.log.logEndOffset()).isZero();
    }

    @Test
    void theHighWatermarkIsTheLowestOfTheMaximalIsr() {
        LeaderReplica replica = leader.lead(0, ReplicaSettings.DEFAULT, IntList.of(1, 2, 3));
        leader.produce(replica, 10, ALL);
        leader.log.synced(10);
        replica.followerHolds(2, 8);
        assertThat(replica.highWatermark()).isZero();
        replica.followerHolds(3, 6);
        assertThat(replica.highWatermark()).isEqualTo(6);
        replica.followerHolds(4, 1);
        replica.followerHolds(3, 10);
        assertThat(replica.highWatermark()).isEqualTo(8);
        replica.followerHolds(2, 3);
        assertThat(replica.highWatermark()).as("never back in one epoch").isEqualTo(8);
        replica.change(new PartitionImage(0, 1, 0, 1, IntList.of(1, 2, 3), IntList.of(1, 3)));
        assertThat(replica.highWatermark()).isEqualTo(10);
        assertThat(leader.outcomes).containsExactly("at 0");
    }

    @Test
    void withTooFewInSyncNothingIsAcceptedAndTheHighWatermarkStands() {
        ReplicaSettings two = new ReplicaSettings(2, Durability.SYNCED);
        LeaderReplica replica = leader.lead(0, two, IntList.of(1, 2));
        leader.produce(replica, 1, ALL);
        replica.change(new PartitionImage(0, 1, 0, 1, IntList.of(1, 2, 3), IntList.of(1)));
        assertThat(leader.outcomes).containsExactly("NOT_ENOUGH_REPLICAS_AFTER_APPEND");
        leader.log.synced(1);
        assertThat(replica.highWatermark()).isZero();
        leader.produce(replica, 1, ALL);
        assertThat(leader.outcomes).last().isEqualTo("NOT_ENOUGH_REPLICAS");
        assertThat(leader.log.logEndOffset()).isEqualTo(1);
        leader.produce(replica, 1, LEADER);
        leader.log.written(2);
        assertThat(leader.outcomes).last().isEqualTo("at 1");
    }

    @Test
    void minInsyncReplicasIsBoundedByTheReplicationFactor() {
        PartitionImage single = new PartitionImage(0, 1, 0, 0, IntList.of(1), IntList.of(1));
        ReplicaSettings two = new ReplicaSettings(2, Durability.SYNCED);
        LeaderReplica replica =
                new LeaderReplica(leader.loop, leader.log, single, -1, two, leader.deadlines, ReplicaEvents.NONE);
        leader.produce(replica, 1, ALL);
        leader.log.synced(1);
        assertThat(leader.outcomes).containsExactly("at 0");
    }

    @Test
    void aFailedLogAcknowledgesNothingMoreButServesWhatIsCommitted() {
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        leader.produce(replica, 2, ALL);
        leader.log.synced(2);
        leader.produce(replica, 2, ALL);
        leader.produce(replica, 2, LEADER);
        leader.log.fail(new StorageFailure("disk gone", true));
        assertThat(leader.outcomes).containsExactly("at 0", "KAFKA_STORAGE_ERROR", "KAFKA_STORAGE_ERROR");
        leader.log.synced(6);
        assertThat(replica.highWatermark()).isEqualTo(2);
        leader.produce(replica, 1, NONE);
        assertThat(leader.outcomes).hasSize(4).last().isEqualTo("KAFKA_STORAGE_ERROR");
        assertThat(leader.read(replica, 0, ReadBound.COMMITTED, -1, -1)).isEqualTo("20 bytes");
        assertThat(leader.fenced).containsExactly("disk gone");
        assertThat(leader.deadlines.size()).isZero();
    }

    @Test
    void aClosedReplicaAcknowledgesNothing() {
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        leader.produce(replica, 1, ALL);
        leader.produce(replica, 1, LEADER);
        replica.close();
        leader.log.synced(2);
        assertThat(leader.outcomes).containsExactly("NOT_LEADER_OR_FOLLOWER", "NOT_LEADER_OR_FOLLOWER");
        leader.produce(replica, 1, NONE);
        assertThat(leader.outcomes).last().isEqualTo("NOT_LEADER_OR_FOLLOWER");
        assertThat(leader.read(replica, 0, ReadBound.COMMITTED, -1, -1)).isEqualTo("NOT_LEADER_OR_FOLLOWER");
    }

    @Test
    void aLogThatClaimsMoreThanItHasFencesTheReplica() {
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        leader.produce(replica, 1, ALL);
        leader.log.lie(7);
        assertThat(leader.fenced).singleElement().asString().contains("A1");
        assertThat(leader.outcomes).containsExactly("KAFKA_STORAGE_ERROR");
        assertThat(leader.read(replica, 0, ReadBound.COMMITTED, -1, -1)).isEqualTo("KAFKA_STORAGE_ERROR");
    }

    @Test
    void aLogThatKnowsTheEpochAlreadyIsNotLedAgainInIt() {
        leader.log.recovered(0, 10, 10, 5);
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        assertThat(replica.isLeading()).isFalse();
        leader.produce(replica, 1, ALL);
        assertThat(leader.outcomes).containsExactly("KAFKA_STORAGE_ERROR");
    }

    @Test
    void aDamagedLogIsReadOnly() {
        leader.log.recovered(0, 10, 10, 3).damaged(new StorageFailure("gap at 4", true));
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        leader.produce(replica, 1, ALL);
        assertThat(leader.outcomes).containsExactly("KAFKA_STORAGE_ERROR");
        assertThat(leader.read(replica, 0, ReadBound.COMMITTED, -1, -1)).isEqualTo("100 bytes");
        assertThat(leader.fenced).containsExactly("gap at 4");
        assertThat(replica.isReadable()).isTrue();
        assertThat(replica.isLeading()).isFalse();
    }
}
