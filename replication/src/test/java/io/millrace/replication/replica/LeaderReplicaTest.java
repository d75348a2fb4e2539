package io.millrace.replication.replica;

import static io.millrace.replication.fixture.FakeLog.batch;
import static io.millrace.replication.fixture.FakeLog.duplicateOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Uuid;
import io.millrace.replication.fixture.FakeLog;
import io.millrace.replication.fixture.ManualLoop;
import io.millrace.replication.metadata.IntList;
import io.millrace.replication.metadata.PartitionImage;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.LogSlice;
import io.millrace.storage.StorageFailure;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaderReplicaTest {

    private static final short ALL = -1;
    private static final short NONE = 0;
    private static final short LEADER = 1;

    private final ManualLoop loop = new ManualLoop();
    private final DeadlineQueue deadlines = new DeadlineQueue(loop);
    private final FakeLog log = new FakeLog(new LogIdentity(new Uuid(1, 1), "t", 0));
    private final List<String> outcomes = new ArrayList<>();
    private final List<String> fenced = new ArrayList<>();

    private LeaderReplica lead(int epoch, ReplicaSettings settings, IntList isr) {
        PartitionImage partition = new PartitionImage(0, 1, epoch, epoch, IntList.of(1, 2, 3), isr);
        return new LeaderReplica(loop, log, partition, -1, settings, deadlines, new ReplicaEvents() {
            @Override
            public void fenced(LogIdentity identity, String reason) {
                fenced.add(reason);
            }
        });
    }

    private LeaderReplica alone(Durability durability) {
        return lead(5, new ReplicaSettings(1, durability), IntList.of(1));
    }

    private void produce(LeaderReplica replica, int records, short acks) {
        replica.append(batch(records), -1, acks, 1_000, this::done, 0);
    }

    private void done(int slot, ProduceOutcome outcome) {
        outcomes.add(
                switch (outcome) {
                    case ProduceOutcome.Accepted accepted -> "at " + accepted.baseOffset();
                    case ProduceOutcome.TailFull ignored -> "tail full";
                    case ProduceOutcome.Refused refused -> refused.error().name();
                });
    }

    private String read(LeaderReplica replica, long offset, ReadBound bound, int epoch, int lastEpoch) {
        return switch (replica.read(offset, bound, epoch, lastEpoch, 1 << 20, true)) {
            case ReplicaRead.Batches batches -> {
                batches.slices().forEach(LogSlice::release);
                yield batches.sizeBytes() + " bytes";
            }
            case ReplicaRead.Pending pending -> "pending";
            case ReplicaRead.Diverging diverging -> "diverging " + diverging.epochEnd();
            case ReplicaRead.Refused refused -> refused.error().name();
        };
    }

    @Test
    void acksAllWaitsForTheSyncByDefault() {
        LeaderReplica replica = alone(Durability.SYNCED);
        produce(replica, 3, ALL);
        log.written(3);
        assertThat(outcomes).isEmpty();
        assertThat(replica.highWatermark()).isZero();
        log.synced(3);
        assertThat(outcomes).containsExactly("at 0");
        assertThat(replica.highWatermark()).isEqualTo(3);
        assertThat(log.notedHighWatermark()).isEqualTo(3);
        assertThat(deadlines.size()).isZero();
    }

    @Test
    void acksAllWaitsForTheWriteWhenTheTopicAsksForNoMore() {
        LeaderReplica replica = alone(Durability.WRITTEN);
        produce(replica, 3, ALL);
        assertThat(outcomes).isEmpty();
        log.written(3);
        assertThat(outcomes).containsExactly("at 0");
    }

    @Test
    void acksOneWaitsForTheWriteAndAcksNoneForNothing() {
        LeaderReplica replica = alone(Durability.SYNCED);
        produce(replica, 2, NONE);
        assertThat(outcomes).containsExactly("at 0");
        produce(replica, 2, LEADER);
        assertThat(outcomes).hasSize(1);
        log.written(3);
        assertThat(outcomes).hasSize(1);
        log.written(4);
        assertThat(outcomes).containsExactly("at 0", "at 2");
        assertThat(replica.highWatermark()).isZero();
    }

    @Test
    void otherAcksAreRefused() {
        LeaderReplica replica = alone(Durability.SYNCED);
        produce(replica, 1, (short) 2);
        produce(replica, 1, (short) -2);
        assertThat(outcomes).containsExactly("INVALID_REQUIRED_ACKS", "INVALID_REQUIRED_ACKS");
        assertThat(log.logEndOffset()).isZero();
    }

    @Test
    void aRepeatedBatchIsAnsweredOnceItsOriginalIsAsDurableAsAsked() {
        LeaderReplica replica = alone(Durability.SYNCED);
        produce(replica, 5, NONE);
        produce(replica, 5, ALL);
        replica.append(duplicateOf(0, 5), -1, ALL, 1_000, this::done, 0);
        assertThat(outcomes).containsExactly("at 0");
        log.synced(5);
        assertThat(outcomes).containsExactly("at 0", "at 0");
        replica.append(duplicateOf(0, 5), -1, ALL, 1_000, this::done, 0);
        assertThat(outcomes).containsExactly("at 0", "at 0", "at 0");
        log.synced(10);
        assertThat(outcomes).last().isEqualTo("at 5");
    }

    @Test
    void aTimeoutAnswersOnlyThatAppend() {
        LeaderReplica replica = alone(Durability.SYNCED);
        replica.append(batch(1), -1, ALL, 10, this::done, 0);
        replica.append(batch(1), -1, ALL, 20, this::done, 0);
        loop.advanceMs(10);
        assertThat(outcomes).containsExactly("REQUEST_TIMED_OUT");
        log.synced(2);
        assertThat(outcomes).containsExactly("REQUEST_TIMED_OUT", "at 1");
        assertThat(deadlines.size()).isZero();
    }

    @Test
    void aRefusedAppendAnswersTheLogsReason() {
        LeaderReplica replica = alone(Durability.SYNCED);
        replica.append(FakeLog.refused(), -1, ALL, 10, this::done, 0);
        assertThat(outcomes).containsExactly("CORRUPT_MESSAGE");
        assertThat(deadlines.size()).isZero();
    }

    @Test
    void staleAndFutureLeaderEpochsAreFencedEverywhere() {
        LeaderReplica replica = alone(Durability.SYNCED);
        replica.append(batch(1), 4, ALL, 10, this::done, 0);
        replica.append(batch(1), 6, ALL, 10, this::done, 0);
        assertThat(outcomes).containsExactly("FENCED_LEADER_EPOCH", "UNKNOWN_LEADER_EPOCH");
        assertThat(read(replica, 0, ReadBound.COMMITTED, 4, -1)).isEqualTo("FENCED_LEADER_EPOCH");
        assertThat(read(replica, 0, ReadBound.COMMITTED, 6, -1)).isEqualTo("UNKNOWN_LEADER_EPOCH");
        assertThat(replica.epochEnd(4, 5).error()).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        replica.listOffset(
                -1,
                ReadBound.COMMITTED,
                6,
                (slot, listed) -> outcomes.add(listed.error().name()),
                0);
        assertThat(outcomes).last().isEqualTo("UNKNOWN_LEADER_EPOCH");
        assertThat(log.logEndOffset()).isZero();
    }

    @Test
    void theHighWatermarkIsTheLowestOfTheMaximalIsr() {
        LeaderReplica replica = lead(0, ReplicaSettings.DEFAULT, IntList.of(1, 2, 3));
        produce(replica, 10, ALL);
        log.synced(10);
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
        assertThat(outcomes).containsExactly("at 0");
    }

    @Test
    void withTooFewInSyncNothingIsAcceptedAndTheHighWatermarkStands() {
        ReplicaSettings two = new ReplicaSettings(2, Durability.SYNCED);
        LeaderReplica replica = lead(0, two, IntList.of(1, 2));
        produce(replica, 1, ALL);
        replica.change(new PartitionImage(0, 1, 0, 1, IntList.of(1, 2, 3), IntList.of(1)));
        assertThat(outcomes).containsExactly("NOT_ENOUGH_REPLICAS_AFTER_APPEND");
        log.synced(1);
        assertThat(replica.highWatermark()).isZero();
        produce(replica, 1, ALL);
        assertThat(outcomes).last().isEqualTo("NOT_ENOUGH_REPLICAS");
        assertThat(log.logEndOffset()).isEqualTo(1);
        produce(replica, 1, LEADER);
        log.written(2);
        assertThat(outcomes).last().isEqualTo("at 1");
    }

    @Test
    void minInsyncReplicasIsBoundedByTheReplicationFactor() {
        PartitionImage single = new PartitionImage(0, 1, 0, 0, IntList.of(1), IntList.of(1));
        ReplicaSettings two = new ReplicaSettings(2, Durability.SYNCED);
        LeaderReplica replica = new LeaderReplica(loop, log, single, -1, two, deadlines, ReplicaEvents.NONE);
        produce(replica, 1, ALL);
        log.synced(1);
        assertThat(outcomes).containsExactly("at 0");
    }

    @Test
    void readersSeeNothingAtOrAboveTheirBoundAndNeverOutOfRangeForNotYet() {
        LeaderReplica replica = alone(Durability.SYNCED);
        produce(replica, 4, ALL);
        log.written(4);
        assertThat(read(replica, 0, ReadBound.COMMITTED, -1, -1)).isEqualTo("0 bytes");
        assertThat(read(replica, 4, ReadBound.COMMITTED, -1, -1)).isEqualTo("0 bytes");
        assertThat(read(replica, 0, ReadBound.LOG_END, -1, -1)).isEqualTo("40 bytes");
        log.synced(3);
        assertThat(read(replica, 1, ReadBound.COMMITTED, 5, -1)).isEqualTo("20 bytes");
        log.unstable(2);
        assertThat(read(replica, 1, ReadBound.STABLE, -1, -1)).isEqualTo("10 bytes");
        assertThat(replica.lastStableOffset()).isEqualTo(2);
        assertThat(read(replica, 5, ReadBound.COMMITTED, -1, -1)).isEqualTo("OFFSET_OUT_OF_RANGE");
        log.logStartTo(1);
        assertThat(read(replica, 0, ReadBound.COMMITTED, -1, -1)).isEqualTo("OFFSET_OUT_OF_RANGE");
        assertThat(replica.bytesFrom(2, ReadBound.COMMITTED)).isEqualTo(10);
        assertThat(replica.bytesFrom(3, ReadBound.COMMITTED)).isZero();
    }

    @Test
    void aReaderOfAnotherHistoryIsToldWhereItEnds() {
        log.recovered(0, 10, 10, 3);
        LeaderReplica replica = alone(Durability.SYNCED);
        produce(replica, 5, ALL);
        log.synced(15);
        assertThat(read(replica, 12, ReadBound.COMMITTED, 5, 5)).isEqualTo("30 bytes");
        assertThat(read(replica, 12, ReadBound.COMMITTED, 5, 3))
                .isEqualTo("diverging EpochEnd[leaderEpoch=3, endOffset=10]");
        assertThat(read(replica, 8, ReadBound.COMMITTED, 5, 4))
                .isEqualTo("diverging EpochEnd[leaderEpoch=3, endOffset=10]");
        assertThat(read(replica, 8, ReadBound.COMMITTED, 5, 7)).isEqualTo("OFFSET_OUT_OF_RANGE");
    }

    @Test
    void epochEndsAreExact() {
        log.recovered(0, 10, 10, 3);
        LeaderReplica replica = alone(Durability.SYNCED);
        assertThat(replica.epochEnd(-1, 5)).isEqualTo(new EpochEndAnswer(ErrorCode.NONE, 5, 10));
        produce(replica, 5, NONE);
        assertThat(replica.epochEnd(5, 5)).isEqualTo(new EpochEndAnswer(ErrorCode.NONE, 5, 15));
        assertThat(replica.epochEnd(5, 4)).isEqualTo(new EpochEndAnswer(ErrorCode.NONE, 3, 10));
        assertThat(replica.epochEnd(5, 3)).isEqualTo(new EpochEndAnswer(ErrorCode.NONE, 3, 10));
        assertThat(replica.epochEnd(5, 2)).isEqualTo(new EpochEndAnswer(ErrorCode.NONE, 2, 0));
        assertThat(replica.epochEnd(5, 6)).isEqualTo(new EpochEndAnswer(ErrorCode.NONE, -1, -1));
        assertThat(replica.epochEnd(5, -1)).isEqualTo(new EpochEndAnswer(ErrorCode.NONE, -1, -1));
    }

    private String list(LeaderReplica replica, long timestampMs, ReadBound bound) {
        List<String> answers = new ArrayList<>();
        replica.listOffset(
                timestampMs,
                bound,
                -1,
                (slot, listed) -> answers.add(
                        listed.error() == ErrorCode.NONE
                                ? listed.offset() + " " + listed.timestampMs() + " " + listed.leaderEpoch()
                                : listed.error().name()),
                0);
        return answers.getFirst();
    }

    @Test
    void offsetsAreListedAsKafkaDoes() {
        log.recovered(0, 10, 10, 3);
        LeaderReplica replica = alone(Durability.SYNCED);
        produce(replica, 5, NONE);
        log.synced(12);
        log.unstable(11);
        assertThat(list(replica, -1, ReadBound.COMMITTED)).isEqualTo("12 -1 5");
        assertThat(list(replica, -1, ReadBound.STABLE)).isEqualTo("11 -1 5");
        assertThat(list(replica, -1, ReadBound.LOG_END)).isEqualTo("15 -1 5");
        assertThat(list(replica, -2, ReadBound.COMMITTED)).isEqualTo("0 -1 3");
        assertThat(list(replica, -4, ReadBound.COMMITTED)).isEqualTo("0 -1 3");
        log.logStartTo(10);
        assertThat(list(replica, -2, ReadBound.COMMITTED)).isEqualTo("10 -1 5");
        assertThat(list(replica, -3, ReadBound.COMMITTED)).isEqualTo("11 1100 5");
        assertThat(list(replica, -5, ReadBound.COMMITTED)).isEqualTo("-1 -1 -1");
        assertThat(list(replica, -6, ReadBound.COMMITTED)).isEqualTo("-1 -1 -1");
        assertThat(list(replica, 1_050, ReadBound.COMMITTED)).isEqualTo("11 1100 5");
        assertThat(list(replica, 1_150, ReadBound.COMMITTED)).isEqualTo("-1 -1 -1");
        assertThat(list(replica, -7, ReadBound.COMMITTED)).isEqualTo("INVALID_REQUEST");
    }

    @Test
    void theLatestOffsetIsUnknownUntilTheEpochStartIsCommitted() {
        log.recovered(0, 10, 4, 3);
        LeaderReplica replica = lead(5, ReplicaSettings.DEFAULT, IntList.of(1, 2));
        assertThat(replica.highWatermark()).isEqualTo(4);
        assertThat(list(replica, -1, ReadBound.COMMITTED)).isEqualTo("OFFSET_NOT_AVAILABLE");
        assertThat(list(replica, -2, ReadBound.COMMITTED)).isEqualTo("0 -1 3");
        replica.followerHolds(2, 10);
        assertThat(list(replica, -1, ReadBound.COMMITTED)).isEqualTo("10 -1 5");
    }

    @Test
    void aFailedLogAcknowledgesNothingMoreButServesWhatIsCommitted() {
        LeaderReplica replica = alone(Durability.SYNCED);
        produce(replica, 2, ALL);
        log.synced(2);
        produce(replica, 2, ALL);
        produce(replica, 2, LEADER);
        log.fail(new StorageFailure("disk gone", true));
        assertThat(outcomes).containsExactly("at 0", "KAFKA_STORAGE_ERROR", "KAFKA_STORAGE_ERROR");
        log.synced(6);
        assertThat(replica.highWatermark()).isEqualTo(2);
        produce(replica, 1, NONE);
        assertThat(outcomes).hasSize(4).last().isEqualTo("KAFKA_STORAGE_ERROR");
        assertThat(read(replica, 0, ReadBound.COMMITTED, -1, -1)).isEqualTo("20 bytes");
        assertThat(fenced).containsExactly("disk gone");
        assertThat(deadlines.size()).isZero();
    }

    @Test
    void aClosedReplicaAcknowledgesNothing() {
        LeaderReplica replica = alone(Durability.SYNCED);
        produce(replica, 1, ALL);
        produce(replica, 1, LEADER);
        replica.close();
        log.synced(2);
        assertThat(outcomes).containsExactly("NOT_LEADER_OR_FOLLOWER", "NOT_LEADER_OR_FOLLOWER");
        produce(replica, 1, NONE);
        assertThat(outcomes).last().isEqualTo("NOT_LEADER_OR_FOLLOWER");
        assertThat(read(replica, 0, ReadBound.COMMITTED, -1, -1)).isEqualTo("NOT_LEADER_OR_FOLLOWER");
    }

    @Test
    void aLogThatClaimsMoreThanItHasFencesTheReplica() {
        LeaderReplica replica = alone(Durability.SYNCED);
        produce(replica, 1, ALL);
        log.lie(7);
        assertThat(fenced).singleElement().asString().contains("A1");
        assertThat(outcomes).containsExactly("KAFKA_STORAGE_ERROR");
        assertThat(read(replica, 0, ReadBound.COMMITTED, -1, -1)).isEqualTo("KAFKA_STORAGE_ERROR");
    }

    @Test
    void aLogThatKnowsTheEpochAlreadyIsNotLedAgainInIt() {
        log.recovered(0, 10, 10, 5);
        LeaderReplica replica = alone(Durability.SYNCED);
        assertThat(replica.isLeading()).isFalse();
        produce(replica, 1, ALL);
        assertThat(outcomes).containsExactly("KAFKA_STORAGE_ERROR");
    }

    @Test
    void aDamagedLogIsReadOnly() {
        log.recovered(0, 10, 10, 3).damaged(new StorageFailure("gap at 4", true));
        LeaderReplica replica = alone(Durability.SYNCED);
        produce(replica, 1, ALL);
        assertThat(outcomes).containsExactly("KAFKA_STORAGE_ERROR");
        assertThat(read(replica, 0, ReadBound.COMMITTED, -1, -1)).isEqualTo("100 bytes");
        assertThat(fenced).containsExactly("gap at 4");
        assertThat(replica.isReadable()).isTrue();
        assertThat(replica.isLeading()).isFalse();
    }

    @Test
    void aParkedFetchWakesOnceWhenEnoughIsCommitted() {
        LeaderReplica replica = alone(Durability.SYNCED);
        List<PendingFetch.Reason> woken = new ArrayList<>();
        PendingFetch fetch = new PendingFetch(deadlines, new MissingBytes(25), 500_000_000L, woken::add);
        fetch.watch(replica);
        produce(replica, 2, NONE);
        produce(replica, 2, NONE);
        assertThat(woken).isEmpty();
        log.synced(2);
        assertThat(woken).isEmpty();
        log.synced(4);
        assertThat(woken).containsExactly(PendingFetch.Reason.BYTES);
        produce(replica, 9, NONE);
        log.synced(13);
        loop.advanceMs(1_000);
        assertThat(woken).hasSize(1);
        assertThat(deadlines.size()).isZero();
    }

    @Test
    void aParkedFetchWakesByTimeAndWhenItsReplicaEnds() {
        LeaderReplica replica = alone(Durability.SYNCED);
        List<String> woken = new ArrayList<>();
        new PendingFetch(deadlines, new MissingBytes(1), 500_000_000L, reason -> woken.add("a " + reason))
                .watch(replica);
        loop.advanceMs(499);
        assertThat(woken).isEmpty();
        loop.advanceMs(1);
        assertThat(woken).containsExactly("a DEADLINE");
        new PendingFetch(deadlines, new MissingBytes(1), 500_000_000L, reason -> woken.add("b " + reason))
                .watch(replica);
        PendingFetch cancelled =
                new PendingFetch(deadlines, new MissingBytes(1), 500_000_000L, reason -> woken.add("c " + reason));
        cancelled.watch(replica);
        cancelled.cancel();
        replica.close();
        assertThat(woken).containsExactly("a DEADLINE", "b CHANGED");
        assertThat(deadlines.size()).isZero();
    }

    @Test
    void oneMoveWakesManyFetchesEvenWhenOneCancelsAnother() {
        LeaderReplica replica = alone(Durability.SYNCED);
        List<Integer> woken = new ArrayList<>();
        List<PendingFetch> fetches = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            PendingFetch fetch = new PendingFetch(deadlines, new MissingBytes(1), 500_000_000L, reason -> {
                woken.add(number);
                fetches.get(2).cancel();
            });
            fetches.add(fetch);
            fetch.watch(replica);
        }
        produce(replica, 1, NONE);
        log.synced(1);
        assertThat(woken).containsExactlyInAnyOrder(0, 1, 3, 4);
        assertThat(fetches).noneMatch(PendingFetch::waiting);
    }
}
