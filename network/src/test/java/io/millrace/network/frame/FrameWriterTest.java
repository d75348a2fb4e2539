package io.millrace.network.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FrameWriterTest {

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<IOException> failures = new ArrayList<>();
    private final FrameWriter writer = new FrameWriter(channel, failures::add);

    @BeforeEach
    void useCountedMemory() {
        channel.config().setAllocator(allocator);
    }

    @AfterEach
    void everythingIsGivenBack() {
        channel.finishAndReleaseAll();
        writer.discard();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
        assertThat(failures).isEmpty();
    }

    private ByteBuf bytes(int seed, int count) {
        return allocator.directBuffer(Math.max(1, count)).writeBytes(Frames.body(seed, count));
    }

    private long writeAll(EncodedFrame frame) throws IOException {
        writer.start(frame);
        long given = writer.write(Long.MAX_VALUE);
        assertThat(writer.busy()).isFalse();
        writer.flush();
        return given;
    }

    /** The messages that the channel got, and their bytes put together. */
    private byte[] sent(int expectedMessages) {
        ByteBuf all = allocator.heapBuffer();
        assertThat(channel.outboundMessages()).hasSize(expectedMessages);
        Object message;
        while ((message = channel.readOutbound()) != null) {
            ByteBuf buffer = (ByteBuf) message;
            all.writeBytes(buffer);
            buffer.release();
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        all.release();
        return bytes;
    }

    private static byte[] concat(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(1 << 22);
        for (byte[] part : parts) {
            all.put(part);
        }
        byte[] bytes = new byte[all.position()];
        all.flip().get(bytes);
        return bytes;
    }

    @Test
    void aLoneSmallBufferIsSentAsItIs() throws IOException {
        writer.start(EncodedFrame.of(bytes(1, 50)));
        assertThat(writer.write(1 << 20)).isEqualTo(50);
        long beforeBytes = allocator.metric().usedDirectMemory();
        writer.flush();
        assertThat(allocator.metric().usedDirectMemory()).isEqualTo(beforeBytes);
        assertThat(sent(1)).isEqualTo(Frames.body(1, 50));
    }

    @Test
    void smallPartsOfSeveralFramesLeaveTogether() throws IOException {
        TestRegion region = TestRegion.memory(
                ByteBuffer.allocateDirect(300).put(Frames.body(2, 300)).flip());
        for (EncodedFrame frame : List.of(
                EncodedFrame.of(bytes(1, 100)),
                new EncodedFrame(List.of(new BufferPart(bytes(3, 10)), region, new BufferPart(bytes(4, 0)))),
                EncodedFrame.of(bytes(5, 4_000)))) {
            writer.start(frame);
            writer.write(1 << 20);
        }
        writer.flush();
        assertThat(sent(1))
                .isEqualTo(concat(Frames.body(1, 100), Frames.body(3, 10), Frames.body(2, 300), Frames.body(5, 4_000)));
        assertThat(region.releases()).isEqualTo(1);
    }

    @Test
    void aRegionMayLeaveMemoryWhileItIsSent() throws IOException {
        int size = 600_000;
        TestRegion region = TestRegion.memory(
                ByteBuffer.allocateDirect(size).put(Frames.body(7, size)).flip());
        writer.start(new EncodedFrame(List.of(region)));
        writer.write(100_000);
        assertThat(region.loans()).isEqualTo(1);
        region.lendNoMore();
        writer.write(Long.MAX_VALUE);
        assertThat(region.loans()).isEqualTo(1);
        writer.flush();
        assertThat(region.loans()).isZero();
        assertThat(region.releases()).isEqualTo(1);
        assertThat(sent(3)).isEqualTo(Frames.body(7, size));
    }

    @Test
    void manySmallPartsFillSeveralSharedBuffers() throws IOException {
        List<FramePart> parts = new ArrayList<>();
        ByteBuffer expected = ByteBuffer.allocate(60 * 1_000);
        for (int i = 0; i < 60; i++) {
            parts.add(new BufferPart(bytes(i, 1_000)));
            expected.put(Frames.body(i, 1_000));
        }
        assertThat(writeAll(new EncodedFrame(parts))).isEqualTo(60_000);
        assertThat(sent(4)).isEqualTo(expected.array());
    }

    @Test
    void aLargeMemoryRegionIsSentByReferenceAndReleasedOnceSent() throws IOException {
        ByteBuffer memory = ByteBuffer.allocateDirect(2_000_000)
                .put(Frames.body(2, 2_000_000))
                .flip();
        TestRegion region = TestRegion.memory(memory);
        writer.start(new EncodedFrame(List.of(new BufferPart(bytes(1, 30)), region, new BufferPart(bytes(3, 5)))));
        long beforeBytes = allocator.metric().usedDirectMemory();
        assertThat(writer.write(1_000_000)).isEqualTo(1_000_000);
        writer.flush();
        assertThat(writer.busy()).isTrue();
        assertThat(region.releases()).isZero();
        assertThat(writer.write(1_000_000)).isEqualTo(1_000_000);
        assertThat(writer.write(1_000_000)).isEqualTo(35);
        writer.flush();
        assertThat(writer.busy()).isFalse();
        assertThat(region.releases()).isEqualTo(1);
        assertThat(allocator.metric().usedDirectMemory()).isEqualTo(beforeBytes);
        assertThat(sent(5)).isEqualTo(concat(Frames.body(1, 30), Frames.body(2, 2_000_000), Frames.body(3, 5)));
    }

    @Test
    void aLargeBufferIsCutAtTheTurnsBudget() throws IOException {
        writer.start(EncodedFrame.of(bytes(1, 2_500_000)));
        for (int i = 0; i < 3; i++) {
            assertThat(writer.write(1_000_000)).isEqualTo(i < 2 ? 1_000_000 : 500_000);
            writer.flush();
        }
        assertThat(writer.busy()).isFalse();
        assertThat(sent(3)).isEqualTo(Frames.body(1, 2_500_000));
    }

    @Test
    void fileRegionsAreReadWhereTheChannelCannotSendThem(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("segment");
        Files.write(path, Frames.body(9, 900_000));
        try (FileChannel file = FileChannel.open(path)) {
            TestRegion small = TestRegion.file(file, false, 1_000, 20_000);
            TestRegion large = TestRegion.file(file, false, 100_000, 700_000);
            assertThat(writeAll(new EncodedFrame(List.of(small, large)))).isEqualTo(720_000);
            byte[] all = Frames.body(9, 900_000);
            assertThat(sent(4))
                    .isEqualTo(
                            concat(Arrays.copyOfRange(all, 1_000, 21_000), Arrays.copyOfRange(all, 100_000, 800_000)));
            assertThat(small.releases()).isEqualTo(1);
            assertThat(large.releases()).isEqualTo(1);
        }
    }

    @Test
    void aShortRegionIsAFailureAndIsReleasedByDiscarding(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("segment");
        Files.write(path, Frames.body(9, 50_000));
        try (FileChannel file = FileChannel.open(path)) {
            for (int sizeBytes : new int[] {20_000, 60_000}) {
                TestRegion region = TestRegion.file(file, false, 40_000, sizeBytes);
                writer.start(new EncodedFrame(List.of(new BufferPart(bytes(1, 10)), region)));
                assertThatThrownBy(() -> writer.write(1 << 20)).isInstanceOf(RegionShortException.class);
                assertThat(region.releases()).isZero();
                writer.discard();
                assertThat(region.releases()).isEqualTo(1);
            }
        }
    }

    @Test
    void discardingReleasesWhatDidNotLeave() throws IOException {
        TestRegion region = TestRegion.memory(ByteBuffer.allocateDirect(9_000));
        writer.start(new EncodedFrame(List.of(new BufferPart(bytes(1, 50_000)), region, new BufferPart(bytes(2, 10)))));
        writer.write(10_000);
        writer.flush();
        channel.releaseOutbound();
        writer.discard();
        assertThat(region.releases()).isEqualTo(1);
        assertThat(writer.busy()).isFalse();
    }
}
