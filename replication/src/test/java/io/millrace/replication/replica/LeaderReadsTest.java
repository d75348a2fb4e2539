package io.millrace.replication.replica;

import static io.millrace.replication.replica.LeaderFixture.ALL;
import static io.millrace.replication.replica.LeaderFixture.NONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.replication.metadata.IntList;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What readers of a leader get: records, offsets, epoch ends, and when a fetch that waits wakes. */
class LeaderReadsTest {

    private final LeaderFixture leader = new LeaderFixture();

    @Test
    void readersSeeNothingAtOrAboveTheirBoundAndNeverOutOfRangeForNotYet() {
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        leader.produce(replica, 4, ALL);
        leader.log.written(4);
        assertThat(leader.read(replica, 0, ReadBound.COMMITTED, -1, -1)).isEqualTo("0 bytes");
        assertThat(leader.read(replica, 4, ReadBound.COMMITTED, -1, -1)).isEqualTo("0 bytes");
        assertThat(leader.read(replica, 0, ReadBound.LOG_END, -1, -1)).isEqualTo("40 bytes");
        leader.log.synced(3);
        assertThat(leader.read(replica, 1, ReadBound.COMMITTED, 5, -1)).isEqualTo("20 bytes");
        leader.log.unstable(2);
        assertThat(leader.read(replica, 1, ReadBound.STABLE, -1, -1)).isEqualTo("10 bytes");
        assertThat(replica.lastStableOffset()).isEqualTo(2);
        assertThat(leader.read(replica, 5, ReadBound.COMMITTED, -1, -1)).isEqualTo("OFFSET_OUT_OF_RANGE");
        leader.log.logStartTo(1);
        assertThat(leader.read(replica, 0, ReadBound.COMMITTED, -1, -1)).isEqualTo("OFFSET_OUT_OF_RANGE");
        assertThat(replica.bytesFrom(2, ReadBound.COMMITTED)).isEqualTo(10);
        assertThat(replica.bytesFrom(3, ReadBound.COMMITTED)).isZero();
    }

    @Test
    void aReaderOfAnotherHistoryIsToldWhereItEnds() {
        leader.log.recovered(0, 10, 10, 3);
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        leader.produce(replica, 5, ALL);
        leader.log.synced(15);
        assertThat(leader.read(replica, 12, ReadBound.COMMITTED, 5, 5)).isEqualTo("30 bytes");
        assertThat(leader.read(replica, 12, ReadBound.COMMITTED, 5, 3))
                .isEqualTo("diverging EpochEnd[leaderEpoch=3, endOffset=10]");
        assertThat(leader.read(replica, 8, ReadBound.COMMITTED, 5, 4))
                .isEqualTo("diverging EpochEnd[leaderEpoch=3, endOffset=10]");
        assertThat(leader.read(replica, 8, ReadBound.COMMITTED, 5, 7)).isEqualTo("OFFSET_OUT_OF_RANGE");
    }

    @Test
    void epochEndsAreExact() {
        leader.log.recovered(0, 10, 10, 3);
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        assertThat(replica.epochEnd(-1, 5)).isEqualTo(new EpochEndAnswer(ErrorCode.NONE, 5, 10));
        leader.produce(replica, 5, NONE);
        assertThat(replica.epochEnd(5, 5)).isEqualTo(new EpochEndAnswer(ErrorCode.NONE, 5, 15));
        assertThat(replica.epochEnd(5, 4)).isEqualTo(new EpochEndAnswer(ErrorCode.NONE, 3, 10));
        assertThat(replica.epochEnd(5, 3)).isEqualTo(new EpochEndAnswer(ErrorCode.NONE, 3, 10));
        assertThat(replica.epochEnd(5, 2)).isEqualTo(new EpochEndAnswer(ErrorCode.NONE, 2, 0));
        assertThat(replica.epochEnd(5, 6)).isEqualTo(new EpochEndAnswer(ErrorCode.NONE, -1, -1));
        assertThat(replica.epochEnd(5, -1)).isEqualTo(new EpochEndAnswer(ErrorCode.NONE, -1, -1));
    }

    @Test
    void offsetsAreListedAsKafkaDoes() {
        leader.log.recovered(0, 10, 10, 3);
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        leader.produce(replica, 5, NONE);
        leader.log.synced(12);
        leader.log.unstable(11);
        assertThat(leader.list(replica, -1, ReadBound.COMMITTED)).isEqualTo("12 -1 5");
        assertThat(leader.list(replica, -1, ReadBound.STABLE)).isEqualTo("11 -1 5");
        assertThat(leader.list(replica, -1, ReadBound.LOG_END)).isEqualTo("15 -1 5");
        assertThat(leader.list(replica, -2, ReadBound.COMMITTED)).isEqualTo("0 -1 3");
        assertThat(leader.list(replica, -4, ReadBound.COMMITTED)).isEqualTo("0 -1 3");
        leader.log.logStartTo(10);
        assertThat(leader.list(replica, -2, ReadBound.COMMITTED)).isEqualTo("10 -1 5");
        assertThat(leader.list(replica, -3, ReadBound.COMMITTED)).isEqualTo("11 1100 5");
        assertThat(leader.list(replica, -5, ReadBound.COMMITTED)).isEqualTo("-1 -1 -1");
        assertThat(leader.list(replica, -6, ReadBound.COMMITTED)).isEqualTo("-1 -1 -1");
        assertThat(leader.list(replica, 1_050, ReadBound.COMMITTED)).isEqualTo("11 1100 5");
        assertThat(leader.list(replica, 1_150, ReadBound.COMMITTED)).isEqualTo("-1 -1 -1");
        assertThat(leader.list(replica, -7, ReadBound.COMMITTED)).isEqualTo("INVALID_REQUEST");
    }

    @Test
    void theLatestOffsetIsUnknownUntilTheEpochStartIsCommitted() {
        leader.log.recovered(0, 10, 4, 3);
        LeaderReplica replica = leader.lead(5, ReplicaSettings.DEFAULT, IntList.of(1, 2));
        assertThat(replica.highWatermark()).isEqualTo(4);
        assertThat(leader.list(replica, -1, ReadBound.COMMITTED)).isEqualTo("OFFSET_NOT_AVAILABLE");
        assertThat(leader.list(replica, -2, ReadBound.COMMITTED)).isEqualTo("0 -1 3");
        replica.followerHolds(2, 10);
        assertThat(leader.list(replica, -1, ReadBound.COMMITTED)).isEqualTo("10 -1 5");
    }

    @Test
    void aParkedFetchWakesOnceWhenEnoughIsCommitted() {
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        List<PendingFetch.Reason> woken = new ArrayList<>();
        PendingFetch fetch = new PendingFetch(leader.deadlines, new MissingBytes(25), 500_000_000L, woken::add);
        fetch.watch(replica);
        leader.produce(replica, 2, NONE);
        leader.produce(replica, 2, NONE);
        assertThat(woken).isEmpty();
        leader.log.synced(2);
        assertThat(woken).isEmpty();
        leader.log.synced(4);
        assertThat(woken).containsExactly(PendingFetch.Reason.BYTES);
        leader.produce(replica, 9, NONE);
        leader.log.synced(13);
        leader.loop.advanceMs(1_000);
        assertThat(woken).hasSize(1);
        assertThat(leader.deadlines.size()).isZero();
    }

    @Test
    void aParkedFetchWakesByTimeAndWhenItsReplicaEnds() {
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        List<String> woken = new ArrayList<>();
        new PendingFetch(leader.deadlines, new MissingBytes(1), 500_000_000L, reason -> woken.add("a " + reason))
                .watch(replica);
        leader.loop.advanceMs(499);
        assertThat(woken).isEmpty();
        leader.loop.advanceMs(1);
        assertThat(woken).containsExactly("a DEADLINE");
        new PendingFetch(leader.deadlines, new MissingBytes(1), 500_000_000L, reason -> woken.add("b " + reason))
                .watch(replica);
        PendingFetch cancelled = new PendingFetch(
                leader.deadlines, new MissingBytes(1), 500_000_000L, reason -> woken.add("c " + reason));
        cancelled.watch(replica);
        cancelled.cancel();
        replica.close();
        assertThat(woken).containsExactly("a DEADLINE", "b CHANGED");
        assertThat(leader.deadlines.size()).isZero();
    }

    @Test
    void oneMoveWakesManyFetchesEvenWhenOneCancelsAnother() {
        LeaderReplica replica = leader.alone(Durability.SYNCED);
        List<Integer> woken = new ArrayList<>();
        List<PendingFetch> fetches = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            PendingFetch fetch = new PendingFetch(leader.deadlines, new MissingBytes(1), 500_000_000L, reason -> {
                woken.add(number);
                fetches.get(2).cancel();
            });
            fetches.add(fetch);
            fetch.watch(replica);
        }
        leader.produce(replica, 1, NONE);
        leader.log.synced(1);
        assertThat(woken).containsExactlyInAnyOrder(0, 1, 3, 4);
        assertThat(fetches).noneMatch(PendingFetch::waiting);
    }
}
