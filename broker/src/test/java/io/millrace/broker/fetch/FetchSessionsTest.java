package io.millrace.broker.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Uuid;
import io.millrace.runtime.Clock;
import io.millrace.runtime.Randomness;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FetchSessionsTest {

    private static final int MAX_PARTITIONS = 50_000;

    private long nowNs = 1;
    private int nextId;

    private final Clock clock = new Clock() {
        @Override
        public long monotonicNs() {
            return nowNs;
        }

        @Override
        public long wallMs() {
            return 0;
        }
    };
    private final Randomness counting = new Randomness() {
        @Override
        public long nextLong() {
            return nextId++;
        }

        @Override
        public int nextInt(int bound) {
            return nextId++ % bound;
        }
    };
    private final FetchSessions sessions = new FetchSessions(MAX_PARTITIONS, clock, counting);

    private static FetchPartition.Key key(int partition) {
        return new FetchPartition.Key(Uuid.ZERO, "t", partition);
    }

    private static FetchPartition.Position at(long offset) {
        return new FetchPartition.Position(offset, 1_000, -1, -1);
    }

    private static PartitionRead read(long highWatermark, int bytes) {
        return new PartitionRead(ErrorCode.NONE, highWatermark, highWatermark, 0, null, List.of(), bytes);
    }

    @Test
    void sessionsInUseAreNotEvictedAndOldOnesAre() {
        for (int i = 0; i < FetchSessions.MAX_SESSIONS; i++) {
            assertThat(sessions.create(true, List.of())).isNotNull();
        }
        assertThat(sessions.create(true, List.of())).isNull();
        nowNs += FetchSessions.PROTECTED_NS;
        assertThat(sessions.create(true, List.of())).isNotNull();
        assertThat(sessions.size()).isEqualTo(FetchSessions.MAX_SESSIONS);
    }

    @Test
    void theLeastRecentlyUsedIsEvicted() {
        FetchSession first = Objects.requireNonNull(sessions.create(true, List.of()));
        FetchSession second = Objects.requireNonNull(sessions.create(true, List.of()));
        for (int i = 2; i < FetchSessions.MAX_SESSIONS; i++) {
            sessions.create(true, List.of());
        }
        nowNs += FetchSessions.PROTECTED_NS;
        sessions.advance(first);
        sessions.create(true, List.of());
        assertThat(sessions.find(first.id())).isSameAs(first);
        assertThat(sessions.find(second.id())).isNull();
    }

    private static List<FetchPartition> partitions(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(each -> new FetchPartition(key(each), at(0)))
                .toList();
    }

    @Test
    void aClientWithTooManyPartitionsGoesOnWithoutASession() {
        assertThat(sessions.create(true, partitions(0, FetchSessions.MAX_PARTITIONS_PER_SESSION + 1)))
                .isNull();
        FetchSession largest =
                Objects.requireNonNull(sessions.create(true, partitions(0, FetchSessions.MAX_PARTITIONS_PER_SESSION)));
        assertThat(sessions.want(largest, partitions(0, 10))).as("known ones").isTrue();
        assertThat(sessions.want(largest, partitions(FetchSessions.MAX_PARTITIONS_PER_SESSION, 1)))
                .isFalse();
        assertThat(sessions.find(largest.id())).isNull();
        assertThat(sessions.partitions()).isZero();
    }

    @Test
    void thePartitionsOfAllSessionsAreBounded() {
        FetchSession first = Objects.requireNonNull(sessions.create(true, partitions(0, 20_000)));
        sessions.create(true, partitions(0, 20_000));
        assertThat(sessions.create(true, partitions(0, 10_001))).isNull();
        FetchSession last = Objects.requireNonNull(sessions.create(true, partitions(0, 9_999)));
        assertThat(sessions.want(last, partitions(9_999, 1))).isTrue();
        sessions.forget(last, key(0));
        sessions.forget(last, key(0));
        assertThat(sessions.partitions()).isEqualTo(MAX_PARTITIONS - 1);
        sessions.remove(first.id());
        assertThat(sessions.partitions()).isEqualTo(MAX_PARTITIONS - 20_001);
        assertThat(sessions.create(true, partitions(0, 20_001 - 1))).isNotNull();
    }

    @Test
    void whatWaitsInParkedFetchesIsBounded() {
        ParkedFetches parked = new ParkedFetches(20);
        assertThat(parked.enter(10)).isTrue();
        assertThat(parked.enter(3)).isFalse();
        assertThat(parked.enter(2)).isTrue();
        parked.leave(10);
        parked.leave(2);
        assertThat(parked.parked()).isZero();
    }

    @Test
    void epochsCountFromOneAndWrapToOne() {
        FetchSession session = new FetchSession(1, true, 0);
        assertThat(session.nextEpoch()).isEqualTo(1);
        session.advance(0);
        assertThat(session.nextEpoch()).isEqualTo(2);
    }

    @Test
    void aPartitionThatGaveDataGoesToTheEnd() {
        FetchSession session = new FetchSession(1, true, 0);
        session.want(key(0), at(0));
        session.want(key(1), at(0));
        session.want(key(2), at(0));
        session.served(key(0));
        assertThat(session.partitions()).extracting(p -> p.key().partition()).containsExactly(1, 2, 0);
        session.forget(key(2));
        session.want(key(1), at(7));
        assertThat(session.partitions()).extracting(p -> p.position().offset()).containsExactly(7L, 0L);
    }

    @Test
    void anIncrementalAnswerNamesOnlyWhatChanged() {
        FetchPartition partition = new FetchPartition(key(0), at(0));
        assertThat(partition.mustAnswer(read(5, 0))).as("first time").isTrue();
        assertThat(partition.mustAnswer(read(5, 0))).as("no news").isFalse();
        assertThat(partition.mustAnswer(read(6, 0))).as("high watermark moved").isTrue();
        assertThat(partition.mustAnswer(read(6, 10))).as("data").isTrue();
        assertThat(partition.mustAnswer(PartitionRead.error(ErrorCode.NOT_LEADER_OR_FOLLOWER)))
                .as("error")
                .isTrue();
        assertThat(partition.mustAnswer(read(6, 0))).as("after an error").isTrue();
    }
}
