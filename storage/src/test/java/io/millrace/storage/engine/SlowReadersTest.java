package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.FileSlice;
import io.millrace.storage.LogConfig;
import io.millrace.storage.LogSlice;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.ReadResult;
import io.millrace.storage.TailSlice;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What readers that do not get on keep of the tail's memory. */
class SlowReadersTest {

    private static final int CHUNK_BYTES = 1 << 20;
    private static final long MEMORY_BYTES = 8 * CHUNK_BYTES;
    private static final String VALUE = "x".repeat(100_000);

    @TempDir
    Path folder;

    private record Read(TailSlice slice, ByteBuffer expected) {

        static Read of(LogSlice slice) throws IOException {
            return new Read((TailSlice) slice, StoreFixture.bytes(slice));
        }

        void isRight() throws IOException {
            ByteBuffer found = ByteBuffer.allocate(slice.sizeBytes());
            slice.readInto(0, found);
            assertThat(found.flip()).isEqualTo(expected);
        }
    }

    private static List<Read> read(PartitionLog log, long offset, int maxBytes) throws IOException {
        List<Read> reads = new ArrayList<>();
        ReadResult result = log.read(offset, log.logEndOffset(), maxBytes, true);
        if (result instanceof ReadResult.Batches batches) {
            for (LogSlice slice : batches.slices()) {
                if (slice instanceof TailSlice) {
                    reads.add(Read.of(slice));
                } else {
                    slice.release();
                }
            }
        }
        return reads;
    }

    @Test
    void anyNumberOfThemLeavesTheMemoryToProducers() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder, MEMORY_BYTES);
        PartitionLog log = fixture.create("t", 0);
        List<Read> held = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            AppendResult result = log.appendAsLeader(StoreFixture.batch(i + VALUE), 0, ValidationRules.Origin.CLIENT);
            assertThat(result).as("append %d", i).isInstanceOf(AppendResult.Appended.class);
            held.addAll(read(log, i, 1));
            fixture.settle();
        }
        assertThat(held).hasSize(200);
        // What is being filled, and what is too little to be written yet.
        assertThat(fixture.memory.usedBytes()).isLessThanOrEqualTo(2 * CHUNK_BYTES);
        assertThat(fixture.memory.movedBytes()).isGreaterThan(19_000_000);
        for (Read one : held) {
            one.isRight();
            one.slice.release();
        }
        fixture.close();
        assertThat(fixture.memory.usedBytes()).isLessThanOrEqualTo(CHUNK_BYTES);
    }

    @Test
    void whatIsOnItsWayToASocketStaysInMemoryUntilItIsGivenBack() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder, MEMORY_BYTES);
        PartitionLog log = fixture.create("t", 0);
        StoreFixture.append(log, VALUE);
        Read read = read(log, 0, 1).getFirst();
        TailSlice.Loan loan = Objects.requireNonNull(read.slice.lend(50, 1_000));
        for (int i = 0; i < 40; i++) {
            StoreFixture.append(log, VALUE);
            fixture.settle();
        }
        assertThat(read.slice.moved()).isInstanceOf(FileSlice.class);
        assertThat(read.slice.lend(50, 1_000)).isNull();
        assertThat(loan.bytes()).isEqualTo(read.expected.slice(50, 1_000));
        long before = fixture.memory.usedBytes();
        assertThat(fixture.memory.lentBytes()).isEqualTo(CHUNK_BYTES);
        loan.giveBack();
        assertThat(fixture.memory.usedBytes()).isEqualTo(before - CHUNK_BYTES);
        assertThat(fixture.memory.lentBytes()).isZero();
        assertThatThrownBy(loan::giveBack).isInstanceOf(IllegalStateException.class);
        read.isRight();
        read.slice.release();
        assertThatThrownBy(read.slice::release).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void bytesStayTheSameWhereverSegmentsEnd(long seed) throws Exception {
        Random random = new Random(seed);
        StoreFixture fixture = StoreFixture.open(folder, MEMORY_BYTES);
        PartitionLog log = fixture.store.create(
                StoreFixture.identity("t", 0), LogConfig.DEFAULT.withSegmentBytes(300_000 + random.nextInt(600_000)));
        List<Read> held = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            log.appendAsLeader(
                    StoreFixture.batch((i + "x").repeat(1 + random.nextInt(15_000))), 0, ValidationRules.Origin.CLIENT);
            long back = random.nextInt(30);
            held.addAll(read(log, Math.max(log.logStartOffset(), log.logEndOffset() - 1 - back), 1 << 19));
            // Not to the end, so that reads come between a write's beginning and its end.
            for (int step = random.nextInt(5); step > 0; step--) {
                fixture.loop.turn();
                fixture.lanes.step();
            }
            if (random.nextInt(10) == 0 && !held.isEmpty()) {
                Read one = held.remove(random.nextInt(held.size()));
                one.isRight();
                one.slice.release();
            }
        }
        fixture.settle();
        assertThat(fixture.memory.lostSlices()).isZero();
        assertThat(fixture.memory.movedBytes()).isPositive();
        assertThat(fixture.memory.usedBytes()).isLessThanOrEqualTo(2 * CHUNK_BYTES);
        for (Read one : held) {
            one.isRight();
            one.slice.release();
        }
        fixture.close();
    }

    @Test
    void whatTheLogTakesBackCannotBeReadAnyMore() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder, MEMORY_BYTES);
        PartitionLog log = fixture.create("t", 0);
        StoreFixture.append(log, "kept");
        StoreFixture.append(log, "taken back");
        Read kept = read(log, 0, 1).getFirst();
        Read lost = read(log, 1, 1).getFirst();
        log.truncateTo(1);
        assertThat(lost.slice.lend(0, 1)).isNull();
        assertThatThrownBy(lost::isRight).isInstanceOf(EOFException.class);
        lost.slice.release();
        assertThat(fixture.memory.lostSlices()).isEqualTo(1);

        fixture.settle();
        kept.isRight();
        kept.slice.release();
    }

    @Test
    void aDeletedLogGivesBackAllItsMemory() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder, MEMORY_BYTES);
        PartitionLog log = fixture.create("t", 0);
        List<Read> held = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            StoreFixture.append(log, VALUE);
            held.addAll(read(log, i, 1));
        }
        assertThat(fixture.memory.usedBytes()).isGreaterThan(4 * CHUNK_BYTES);
        fixture.store.delete(log, () -> {});
        fixture.settle();
        assertThat(fixture.memory.usedBytes()).isLessThanOrEqualTo(CHUNK_BYTES);
        assertThat(fixture.memory.lostSlices() * 100_000 + fixture.memory.movedBytes())
                .isGreaterThanOrEqualTo(5_000_000);
        for (Read one : held) {
            one.slice.release();
        }
    }
}
