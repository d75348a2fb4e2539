package io.millrace.network.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever the sizes of frames and pieces: the same frames come out, in order, and every buffer is given back. */
class FrameReaderPropertyTest {

    @Property(tries = 150)
    void framesSurviveAnyCutting(
            @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 0, max = 400_000) Integer> bodyBytes,
            @ForAll @IntRange(min = 1, max = 400_000) int maxPieceBytes,
            @ForAll long seed,
            @ForAll boolean releaseLate) {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
        FrameReader reader = new FrameReader(8, 1 << 20, ReceiveMemory.UNLIMITED);
        Random random = new Random(seed);
        ByteBuf stream = allocator.heapBuffer();
        for (int id = 0; id < bodyBytes.size(); id++) {
            ByteBuf frame = Frames.request(id, "p", bodyBytes.get(id));
            stream.writeBytes(frame);
            frame.release();
        }
        // Leak detection traces every access, so pieces of single bytes are for short streams only.
        int leastPieceBytes = 1 + stream.readableBytes() / 300;
        List<ByteBuf> taken = new ArrayList<>();
        int found = 0;
        while (stream.isReadable()) {
            ByteBuf target = reader.target(allocator);
            int attempted = target.writableBytes();
            int moved = Math.min(
                    Math.min(leastPieceBytes + random.nextInt(maxPieceBytes), attempted), stream.readableBytes());
            target.writeBytes(stream, moved);
            reader.sized(attempted, moved);
            reader.received(target);
            ByteBuf frame;
            while ((frame = reader.next()) != null) {
                if (releaseLate) {
                    taken.add(frame);
                } else {
                    assertRequest(frame, found, bodyBytes.get(found));
                }
                found++;
            }
            assertThat(reader.fault()).isNull();
        }
        for (int id = 0; id < taken.size(); id++) {
            // Later frames were received beside this one: its bytes must be untouched.
            assertRequest(taken.get(id), id, bodyBytes.get(id));
        }
        stream.release();
        assertThat(found).isEqualTo(bodyBytes.size());
        assertThat(reader.bufferedBytes()).isZero();
        reader.close();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    private static void assertRequest(ByteBuf frame, int id, int bodyBytes) {
        assertThat(Arrays.equals(Frames.take(frame), Frames.requestBytes(id, "p", bodyBytes)))
                .isTrue();
    }
}
