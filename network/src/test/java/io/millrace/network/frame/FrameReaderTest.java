package io.millrace.network.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameReaderTest {

    private static final int MAX_FRAME_BYTES = 100 * 1024 * 1024;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final BoundedMemory memory = new BoundedMemory(8 * 1024 * 1024);
    private final FrameReader reader = new FrameReader(8, MAX_FRAME_BYTES, memory);

    /** Memory that counts and has an end. */
    private static final class BoundedMemory implements ReceiveMemory {

        private final int maxBytes;
        private int usedBytes;

        BoundedMemory(int maxBytes) {
            this.maxBytes = maxBytes;
        }

        @Override
        public boolean reserve(int bytes) {
            if (usedBytes + bytes > maxBytes) {
                return false;
            }
            usedBytes += bytes;
            return true;
        }

        @Override
        public boolean reserveSpare(int bytes) {
            return reserve(bytes);
        }

        @Override
        public void release(int bytes) {
            usedBytes -= bytes;
        }
    }

    @AfterEach
    void everythingIsGivenBack() {
        reader.close();
        assertThat(memory.usedBytes).isZero();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    /** What a channel does: ask for the buffer, put at most {@code bytes} into it, tell. */
    private int receive(ByteBuf source, int bytes) {
        ByteBuf target = reader.target(allocator);
        int moved = Math.min(bytes, Math.min(target.writableBytes(), source.readableBytes()));
        target.writeBytes(source, moved);
        reader.sized(target.writableBytes() + moved, moved);
        reader.received(target);
        return moved;
    }

    private void receiveAll(ByteBuf source, int pieceBytes) {
        while (source.isReadable()) {
            receive(source, pieceBytes);
        }
        source.release();
    }

    private ByteBuf next() {
        return Objects.requireNonNull(reader.next());
    }

    private static void assertRequest(ByteBuf frame, int correlationId, int bodyBytes) {
        assertThat(Arrays.equals(Frames.take(frame), Frames.requestBytes(correlationId, "c", bodyBytes)))
                .isTrue();
    }

    @Test
    void cutsFramesThatArriveTogether() {
        ByteBuf arrived = allocator.buffer();
        for (int id = 1; id <= 5; id++) {
            ByteBuf frame = Frames.request(id, "c", id * 100);
            arrived.writeBytes(frame);
            frame.release();
        }
        receiveAll(arrived, Integer.MAX_VALUE);
        for (int id = 1; id <= 5; id++) {
            assertRequest(next(), id, id * 100);
        }
        assertThat(reader.next()).isNull();
        assertThat(reader.bufferedBytes()).isZero();
    }

    @Test
    void aFrameThatFillsTheReadBufferIsASliceOfIt() {
        receiveAll(Frames.request(1, "c", 7_000), Integer.MAX_VALUE);
        long beforeBytes = allocator.metric().usedDirectMemory();
        ByteBuf frame = next();
        assertThat(allocator.metric().usedDirectMemory()).isEqualTo(beforeBytes);
        assertRequest(frame, 1, 7_000);
    }

    @Test
    void aSmallFrameDoesNotPinALargeBuffer() {
        ByteBuf first = Frames.request(1, "c", 100);
        ByteBuf second = Frames.request(2, "c", 5_000);
        ByteBuf arrived = allocator.buffer().writeBytes(first).writeBytes(second);
        first.release();
        second.release();
        receiveAll(arrived, Integer.MAX_VALUE);
        ByteBuf small = next();
        assertRequest(next(), 2, 5_000);
        assertThat(allocator.metric().usedDirectMemory()).isLessThan(200);
        assertRequest(small, 1, 100);
    }

    @Test
    void framesOfAboutOneSizeThatArriveInMassesAreSlicesOnceTheirSizeIsKnown() {
        ByteBuf arrived = allocator.buffer();
        for (int id = 0; id < 200; id++) {
            ByteBuf frame = Frames.request(id, "c", 16_000 + 16 * (id % 32));
            arrived.writeBytes(frame);
            frame.release();
        }
        int seen = 0;
        int copied = 0;
        while (arrived.isReadable()) {
            receive(arrived, Integer.MAX_VALUE);
            for (ByteBuf frame = reader.next(); frame != null; frame = reader.next()) {
                copied += frame.unwrap() == null ? 1 : 0;
                assertRequest(frame, seen, 16_000 + 16 * (seen % 32));
                seen++;
            }
        }
        arrived.release();
        assertThat(seen).isEqualTo(200);
        assertThat(copied).isLessThanOrEqualTo(8);
    }

    @Test
    void aLargeFrameArrivesInPiecesIntoOneBuffer() {
        ByteBuf frame = Frames.request(1, "c", 3_000_000);
        while (frame.isReadable()) {
            assertThat(reader.next()).isNull();
            receive(frame, 50_000);
        }
        frame.release();
        assertRequest(next(), 1, 3_000_000);
    }

    @Test
    void memoryFollowsWhatArrivedNotWhatWasDeclared() {
        ByteBuf start = allocator.buffer().writeInt(6 * 1024 * 1024).writeZero(20);
        receiveAll(start, Integer.MAX_VALUE);
        assertThat(reader.next()).isNull();
        assertThat(allocator.metric().usedDirectMemory()).isLessThanOrEqualTo(64 * 1024);
        long receivedBytes = 24;
        for (int piece = 0; piece < 100; piece++) {
            receiveAll(allocator.buffer().writeZero(10_000), Integer.MAX_VALUE);
            receivedBytes += 10_000;
            assertThat(reader.next()).isNull();
            assertThat(allocator.metric().usedDirectMemory())
                    .isLessThanOrEqualTo(Math.max(64 * 1024, 2 * receivedBytes));
        }
    }

    @Test
    void aFrameWaitsWhenItsMemoryIsRefusedAndGoesOnWhenThereIsSome() {
        assertThat(memory.reserve(8 * 1024 * 1024)).isTrue();
        ByteBuf frame = Frames.request(1, "c", 1_000_000);
        int steps = 0;
        while (reader.starvedBytes() == 0 && steps++ < 1_000) {
            receive(frame, 50_000);
            assertThat(reader.next()).isNull();
        }
        assertThat(reader.starvedBytes()).isPositive();
        assertThat(reader.bufferedBytes()).isLessThanOrEqualTo(FrameReader.FREE_BYTES);
        memory.release(8 * 1024 * 1024);
        assertThat(reader.next()).isNull();
        assertThat(reader.starvedBytes()).isZero();
        assertThat(memory.usedBytes).isPositive();
        while (frame.isReadable()) {
            receive(frame, 50_000);
            if (frame.isReadable()) {
                assertThat(reader.next()).isNull();
            }
        }
        frame.release();
        assertRequest(next(), 1, 1_000_000);
        assertThat(memory.usedBytes).isZero();
    }

    @Test
    void onlyTheFirstSixteenKibibytesOfAChannelAreNotAskedFor() {
        assertThat(memory.reserve(8 * 1024 * 1024)).isTrue();
        ByteBuf frame = Frames.request(1, "c", 200_000);
        while (reader.starvedBytes() == 0) {
            assertThat(receive(frame, Integer.MAX_VALUE)).isPositive();
            assertThat(reader.next()).isNull();
        }
        assertThat(allocator.metric().usedDirectMemory()).isLessThanOrEqualTo(FrameReader.FREE_BYTES);
        frame.release();
        memory.release(8 * 1024 * 1024);
    }

    @Test
    void aFrameHandedOverDoesNotHideTheHalfOneBehindIt() {
        receiveAll(Frames.request(1, "c", 100), Integer.MAX_VALUE);
        next().release();
        for (int round = 0; round < 3; round++) { // until reads are large
            receiveAll(Frames.request(2, "c", 200_000), Integer.MAX_VALUE);
            ByteBuf frame;
            while ((frame = reader.next()) == null) {
                assertThat(reader.starvedBytes()).isZero();
            }
            frame.release();
        }
        ByteBuf small = Frames.request(3, "c", 100);
        ByteBuf half = Frames.request(4, "c", 200_000);
        receiveAll(allocator.buffer().writeBytes(small).writeBytes(half, 150_000), Integer.MAX_VALUE);
        small.release();
        half.release();
        next().release();
        assertThat(reader.next()).isNull();
        assertThat(memory.usedBytes).isGreaterThanOrEqualTo(150_000);
    }

    @Test
    void aChannelThatIsIdleHoldsNoBuffer() {
        receiveAll(Frames.request(1, "c", 100), Integer.MAX_VALUE);
        next().release();
        reader.target(allocator).release(); // a read that brought nothing
        reader.releaseIdle();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @Test
    void refusesLengthsThatAreNoFrames() {
        assertThat(faultOf(-1)).isEqualTo(FrameFault.LENGTH_INVALID);
        assertThat(faultOf(Integer.MIN_VALUE)).isEqualTo(FrameFault.LENGTH_INVALID);
        assertThat(faultOf(7)).isEqualTo(FrameFault.LENGTH_INVALID);
        assertThat(faultOf(MAX_FRAME_BYTES + 1)).isEqualTo(FrameFault.TOO_LARGE);
        assertThat(faultOf(Integer.MAX_VALUE)).isEqualTo(FrameFault.TOO_LARGE);
        assertThat(faultOf(MAX_FRAME_BYTES)).isNull();
        assertThat(faultOf(8)).isNull();
    }

    private @Nullable FrameFault faultOf(int declaredBytes) {
        FrameReader fresh = new FrameReader(8, MAX_FRAME_BYTES, memory);
        fresh.received(allocator.buffer().writeInt(declaredBytes));
        assertThat(fresh.next()).isNull();
        fresh.close();
        return fresh.fault();
    }

    @Test
    void aCapThatIsRaisedHoldsForTheNextFrame() {
        FrameReader capped = new FrameReader(8, 100, memory);
        capped.received(Frames.request(1, "c", 80));
        ByteBuf first = Objects.requireNonNull(capped.next());
        first.release();
        capped.maxFrameBytes(1_000);
        capped.received(Frames.request(2, "c", 500));
        assertRequest(Objects.requireNonNull(capped.next()), 2, 500);
        capped.received(Frames.request(3, "c", 2_000));
        assertThat(capped.next()).isNull();
        assertThat(capped.fault()).isEqualTo(FrameFault.TOO_LARGE);
        capped.close();
    }
}
