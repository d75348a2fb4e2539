package io.millrace.storage.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.record.BatchValidator;
import io.millrace.storage.AppendResult;
import io.millrace.storage.TailSlice;
import io.millrace.storage.observer.SampleBatches;
import io.millrace.storage.producer.HandClock;
import io.millrace.storage.tail.TailMemory;
import io.millrace.storage.tail.TailWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FollowerAppenderTest {

    private final TailMemory memory = new TailMemory(64 << 10, 8 << 10);
    private final TailWriter writer = new TailWriter(memory);
    private final FollowerAppender follower = new FollowerAppender(writer);
    private final MemoryLog log = new MemoryLog();

    @Test
    void holdsTheLeadersBytesAndDerivesTheSameState() {
        LeaderAppender leader = new LeaderAppender(writer, new BatchValidator(), new HandClock());
        MemoryLog leaderLog = new MemoryLog();
        leader.append(leaderLog, SampleBatches.idempotent(0, 3, 7, 0, 0), 2);
        leader.append(leaderLog, SampleBatches.idempotent(0, 2, 7, 0, 3), 4);
        ByteBuffer fetched = bytes(leaderLog);

        assertThat(follower.append(log, fetched)).isEqualTo(new AppendResult.Appended(0, 5, -1, 0));

        assertThat(bytes(log)).isEqualTo(fetched);
        assertThat(log.producers().digest()).isEqualTo(leaderLog.producers().digest());
        assertThat(log.epochs().toString()).isEqualTo(leaderLog.epochs().toString());
    }

    @Test
    void offsetsMustFollowTheLogEnd() {
        assertThat(refused(SampleBatches.plain(1, 0, 1, 5, 0))).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        follower.append(log, SampleBatches.plain(0, 0, 2, 5, 0));
        assertThat(refused(SampleBatches.plain(1, 0, 2, 5, 0))).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(log.tail().endOffset()).isEqualTo(2);
    }

    @Test
    void epochsNeverFall() {
        follower.append(log, SampleBatches.plain(0, 3, 2, 5, 0));
        assertThat(refused(SampleBatches.plain(2, 2, 1, 5, 0))).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        ByteBuffer falling =
                SampleBatches.joined(List.of(SampleBatches.plain(2, 5, 1, 5, 0), SampleBatches.plain(3, 4, 1, 5, 0)));
        assertThat(refused(falling)).isEqualTo(ErrorCode.FENCED_LEADER_EPOCH);
        assertThat(log.epochs().latestEpoch()).isEqualTo(3);
    }

    @Test
    void aCorruptBatchKeepsTheWholeFetchOut() {
        ByteBuffer both =
                SampleBatches.joined(List.of(SampleBatches.plain(0, 0, 1, 50, 0), SampleBatches.plain(1, 0, 1, 50, 0)));
        both.put(both.limit() - 3, (byte) 99);
        assertThat(refused(both)).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
        assertThat(log.tail().isEmpty()).isTrue();
    }

    @Test
    void atTheBoundNothingStays() {
        List<ByteBuffer> batches = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            batches.add(SampleBatches.plain(i, 0, 1, 3000, 0));
        }
        assertThat(follower.append(log, SampleBatches.joined(batches))).isSameAs(LeaderAppender.TAIL_FULL);
        assertThat(log.tail().endOffset()).isZero();
        assertThat(log.epochs().latestEpoch()).isEqualTo(-1);
    }

    private ErrorCode refused(ByteBuffer batches) {
        return ((AppendResult.Refused) follower.append(log, batches)).error();
    }

    private static ByteBuffer bytes(MemoryLog log) {
        List<TailSlice> slices = new ArrayList<>();
        log.tail().slices(0, Long.MAX_VALUE, Integer.MAX_VALUE, true, slices);
        ByteBuffer all =
                SampleBatches.joined(slices.stream().map(TailSlice::bytes).toList());
        slices.forEach(TailSlice::release);
        return all;
    }
}
