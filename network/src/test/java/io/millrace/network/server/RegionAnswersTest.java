package io.millrace.network.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.network.connection.CloseReason;
import io.millrace.network.connection.NetworkMetrics;
import io.millrace.network.frame.BufferPart;
import io.millrace.network.frame.EncodedFrame;
import io.millrace.network.frame.FramePart;
import io.millrace.network.frame.Frames;
import io.millrace.network.frame.TestRegion;
import io.millrace.network.loop.ShardLoops;
import io.millrace.network.loop.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers with regions of files and of memory over real sockets, on each transport, with and without sendfile. */
class RegionAnswersTest {

    private static final int FILE_BYTES = 6_000_000;

    static Stream<Arguments> ways() {
        return Stream.of(
                Arguments.of(Transport.NIO, false),
                Arguments.of(Transport.EPOLL, false),
                Arguments.of(Transport.EPOLL, true));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void regionsArriveWholeAndInPlace(Transport transport, boolean sendfile, @TempDir Path folder) throws IOException {
        Path path = folder.resolve("segment");
        byte[] content = Frames.body(3, FILE_BYTES);
        Files.write(path, content);
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
        List<TestRegion> regions = new CopyOnWriteArrayList<>();
        NetworkMetrics metrics = new NetworkMetrics();
        int[] sizes = {10, 31_000, 40_000, 5_000_000, 3_000, 2_000};
        int bodyBytes = Arrays.stream(sizes).sum();
        ByteBuffer memory = ByteBuffer.allocateDirect(FILE_BYTES).put(content).flip();
        try (FileChannel file = FileChannel.open(path);
                ShardLoops loops = new ShardLoops(1, transport, allocator);
                KafkaServer server =
                        new KafkaServer(loops, ServerSettings.defaults(), metrics, (request, responder) -> {
                            int id = request.correlationId();
                            request.frame().release();
                            responder.whenHead(() -> {
                                FramePart[] parts = new FramePart[sizes.length + 1];
                                ByteBuf head = loops.allocator().directBuffer(8);
                                parts[0] = new BufferPart(
                                        head.writeInt(4 + bodyBytes).writeInt(id));
                                int position = id * 1_000;
                                for (int i = 0; i < sizes.length; i++) {
                                    TestRegion region = (i + id) % 3 == 0
                                            ? TestRegion.memory(memory.slice(position, sizes[i]))
                                            : TestRegion.file(file, sendfile, position, sizes[i]);
                                    regions.add(region);
                                    parts[i + 1] = region;
                                    position += sizes[i];
                                }
                                responder.send(new EncodedFrame(List.of(parts)));
                            });
                        })) {
            int port = server.start(List.of(ListenerSettings.plaintext("P", "localhost", 0)))
                    .get(0)
                    .port();
            try (TestClient client = new TestClient("127.0.0.1", port, 128 * 1024)) {
                for (int id = 1; id <= 6; id++) {
                    client.send(Frames.request(id, "fetch", 20));
                }
                for (int id = 1; id <= 6; id++) {
                    TestClient.Answer answer = client.receive();
                    assertThat(answer.correlationId()).isEqualTo(id);
                    assertThat(answer.body()).isEqualTo(ByteBuffer.wrap(content, id * 1_000, bodyBytes));
                }
            }
            await().atMost(60, TimeUnit.SECONDS).until(() -> metrics.openConnections() == 0);
        }
        assertThat(regions).hasSize(36).allMatch(region -> region.releases() == 1);
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aRegionThatComesUpShortClosesTheConnection(Transport transport, boolean sendfile, @TempDir Path folder)
            throws IOException {
        Path path = folder.resolve("segment");
        Files.write(path, Frames.body(3, 500_000));
        NetworkMetrics metrics = new NetworkMetrics();
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
        try (FileChannel file = FileChannel.open(path);
                ShardLoops loops = new ShardLoops(1, transport, allocator)) {
            TestRegion region = TestRegion.file(file, sendfile, 100_000, 600_000);
            try (KafkaServer server =
                    new KafkaServer(loops, ServerSettings.defaults(), metrics, (request, responder) -> {
                        request.frame().release();
                        ByteBuf head = loops.allocator().directBuffer(8);
                        head.writeInt(4 + 600_000).writeInt(request.correlationId());
                        responder.send(new EncodedFrame(List.of(new BufferPart(head), region)));
                    })) {
                int port = server.start(List.of(ListenerSettings.plaintext("P", "localhost", 0)))
                        .get(0)
                        .port();
                try (TestClient client = new TestClient("127.0.0.1", port)) {
                    client.send(Frames.request(1, "fetch", 20));
                    assertThat(client.sawClose()).isTrue();
                }
                await().atMost(60, TimeUnit.SECONDS)
                        .until(() -> metrics.connectionsClosed(CloseReason.REGION_SHORT) == 1);
            }
            assertThat(region.releases()).isEqualTo(1);
            assertThat(loops.failures()).isZero();
        }
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }
}
