package io.millrace.network.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.network.connection.NetworkMetrics;
import io.millrace.network.connection.Request;
import io.millrace.network.connection.RequestHandler;
import io.millrace.network.connection.Responder;
import io.millrace.network.frame.EncodedFrame;
import io.millrace.network.frame.Frames;
import io.millrace.network.loop.ShardLoops;
import io.millrace.network.loop.Transport;
import io.millrace.network.server.KafkaServer;
import io.millrace.network.server.ListenerSettings;
import io.millrace.network.server.ServerSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The client's channel against the server, over loopback. */
class RequestChannelTest {

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final ShardLoops loops = new ShardLoops(2, Transport.best(), allocator);
    private @Nullable KafkaServer started;

    @AfterEach
    void everythingIsGivenBack() {
        if (started != null) {
            started.close();
        }
        loops.close();
        assertThat(loops.failures()).isZero();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    private int serve(RequestHandler handler) throws IOException {
        KafkaServer server = new KafkaServer(loops, ServerSettings.defaults(), new NetworkMetrics(), handler);
        started = server;
        return server.start(List.of(ListenerSettings.plaintext("P", "localhost", 0)))
                .get(0)
                .port();
    }

    /** Answers with as many bytes as the request's body has, from another thread. */
    private static void answer(Request request, Responder responder) {
        int bodyBytes = request.sizeBytes() - request.headerBytes();
        request.frame().release();
        Thread.ofVirtual()
                .start(() -> responder.send(EncodedFrame.of(Frames.answer(request.correlationId(), bodyBytes))));
    }

    private CompletableFuture<RequestChannel> connect(String host, int port, ClientSettings settings) {
        CompletableFuture<RequestChannel> opened = new CompletableFuture<>();
        new Connector(loops.shard(1), settings).connect(host, port, new ConnectListener() {
            @Override
            public void connected(RequestChannel channel) {
                opened.complete(channel);
            }

            @Override
            public void failed(IOException cause) {
                opened.completeExceptionally(cause);
            }
        });
        return opened;
    }

    private static <T> T on(RequestChannel channel, Supplier<T> action) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        channel.loop().post(() -> {
            try {
                result.complete(action.get());
            } catch (RuntimeException failure) {
                result.completeExceptionally(failure);
            }
        });
        return result.get(60, TimeUnit.SECONDS);
    }

    /** The body of the answer. */
    private static final class Answered implements ResponseListener {

        final CompletableFuture<byte[]> body = new CompletableFuture<>();

        @Override
        public void onResponse(ByteBuf frame) {
            byte[] bytes = Frames.take(frame);
            body.complete(Arrays.copyOfRange(bytes, 4, bytes.length));
        }

        @Override
        public void onFailure(IOException cause) {
            body.completeExceptionally(cause);
        }

        byte[] get() throws Exception {
            return body.get(60, TimeUnit.SECONDS);
        }

        IOException failure() throws Exception {
            try {
                get();
                throw new AssertionError("answered");
            } catch (ExecutionException failed) {
                return (IOException) Objects.requireNonNull(failed.getCause());
            }
        }
    }

    private static boolean send(RequestChannel channel, int id, int bodyBytes, Answered answered) throws Exception {
        return on(channel, () -> {
            EncodedFrame frame = EncodedFrame.of(Frames.request(id, "client", bodyBytes));
            boolean taken = channel.send(frame, id, answered);
            if (!taken) {
                frame.release();
            }
            return taken;
        });
    }

    @Test
    void sendsRequestsOfManySizesAndGetsTheirAnswers() throws Exception {
        int port = serve(RequestChannelTest::answer);
        RequestChannel channel =
                connect("localhost", port, ClientSettings.defaults()).get(60, TimeUnit.SECONDS);
        int id = 0;
        for (int bytes : new int[] {0, 10, 5_000, 400_000, 6_000_000, 20}) {
            Answered answered = new Answered();
            assertThat(send(channel, ++id, bytes, answered)).isTrue();
            assertThat(Arrays.equals(answered.get(), Frames.body(id, bytes))).isTrue();
        }
        assertThat(channel.peerAddress().getPort()).isEqualTo(port);
    }

    @Test
    void takesNoMoreThanTheBoundInFlightAndTellsWhenItTakesMore() throws Exception {
        List<Runnable> parked = Collections.synchronizedList(new ArrayList<>());
        int port = serve((request, responder) -> parked.add(() -> answer(request, responder)));
        RequestChannel channel = connect(
                        "127.0.0.1", port, ClientSettings.defaults().withMaxInFlightRequests(2))
                .get(60, TimeUnit.SECONDS);
        Answered first = new Answered();
        Answered second = new Answered();
        assertThat(send(channel, 1, 10, first)).isTrue();
        assertThat(send(channel, 2, 10, second)).isTrue();
        assertThat(send(channel, 3, 10, new Answered())).isFalse();
        CompletableFuture<Boolean> writable = new CompletableFuture<>();
        on(channel, () -> {
            channel.onWritable(() -> writable.complete(channel.canSend()));
            return 0;
        });
        await().atMost(60, TimeUnit.SECONDS).until(() -> parked.size() == 2);
        assertThat(writable.isDone()).isFalse();
        parked.forEach(Runnable::run);
        assertThat(first.get()).hasSize(10);
        assertThat(second.get()).hasSize(10);
        assertThat(writable.get(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void oneWayRequestsNeedNoAnswer() throws Exception {
        List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
        int port = serve((request, responder) -> {
            seen.add(request.correlationId());
            if (request.correlationId() < 10) {
                request.frame().release();
                responder.noResponse();
            } else {
                answer(request, responder);
            }
        });
        RequestChannel channel = connect("::1", port, ClientSettings.defaults()).get(60, TimeUnit.SECONDS);
        for (int id = 1; id < 10; id++) {
            int one = id;
            assertThat(on(channel, () -> channel.sendOneWay(EncodedFrame.of(Frames.request(one, "c", 5)))))
                    .isTrue();
        }
        Answered answered = new Answered();
        assertThat(send(channel, 10, 3, answered)).isTrue();
        assertThat(answered.get()).hasSize(3);
        assertThat(seen).hasSize(10);
    }

    @Test
    void anAnswerToSomethingElseClosesTheChannel() throws Exception {
        int port = serve((request, responder) -> {
            request.frame().release();
            responder.send(EncodedFrame.of(Frames.answer(request.correlationId() + 1, 5)));
        });
        RequestChannel channel =
                connect("127.0.0.1", port, ClientSettings.defaults()).get(60, TimeUnit.SECONDS);
        Answered answered = new Answered();
        assertThat(send(channel, 1, 5, answered)).isTrue();
        assertThat(answered.failure()).hasMessageContaining("answer 2").hasMessageContaining("1 was due");
        assertThat(on(channel, channel::isOpen)).isFalse();
        assertThat(on(channel, channel::canSend)).isFalse();
    }

    @Test
    void anAnswerAboveTheLimitClosesTheChannel() throws Exception {
        int port = serve(RequestChannelTest::answer);
        RequestChannel channel = connect(
                        "127.0.0.1", port, ClientSettings.defaults().withMaxFrameBytes(1_000))
                .get(60, TimeUnit.SECONDS);
        Answered answered = new Answered();
        assertThat(send(channel, 1, 2_000, answered)).isTrue();
        assertThat(answered.failure()).hasMessageContaining("2004");
    }

    @Test
    void theOldestRequestsAgeClosesTheChannel() throws Exception {
        CompletableFuture<Request> parked = new CompletableFuture<>();
        int port = serve((request, responder) -> parked.complete(request));
        RequestChannel channel = connect(
                        "127.0.0.1", port, ClientSettings.defaults().withRequestTimeoutMs(100))
                .get(60, TimeUnit.SECONDS);
        Answered answered = new Answered();
        assertThat(send(channel, 1, 5, answered)).isTrue();
        assertThat(answered.failure()).hasMessageContaining("within 100 ms");
        parked.get(60, TimeUnit.SECONDS).frame().release();
    }

    @Test
    void theServersCloseFailsWhatWaitsAndIsTold() throws Exception {
        int port = serve((request, responder) -> {
            request.frame().release();
            responder.close("planned by the test");
        });
        RequestChannel channel =
                connect("127.0.0.1", port, ClientSettings.defaults()).get(60, TimeUnit.SECONDS);
        CompletableFuture<IOException> told = new CompletableFuture<>();
        on(channel, () -> {
            channel.onClose(told::complete);
            return 0;
        });
        Answered answered = new Answered();
        assertThat(send(channel, 1, 5, answered)).isTrue();
        assertThat(answered.failure()).isSameAs(told.get(60, TimeUnit.SECONDS));
    }

    @Test
    void aPausedChannelDeliversNothingUntilResumed() throws Exception {
        int port = serve(RequestChannelTest::answer);
        RequestChannel channel =
                connect("127.0.0.1", port, ClientSettings.defaults()).get(60, TimeUnit.SECONDS);
        on(channel, () -> {
            channel.pauseReading();
            return 0;
        });
        Answered answered = new Answered();
        assertThat(send(channel, 1, 5, answered)).isTrue();
        await().during(100, TimeUnit.MILLISECONDS).until(() -> !answered.body.isDone());
        on(channel, () -> {
            channel.resumeReading();
            return 0;
        });
        assertThat(answered.get()).hasSize(5);
    }

    @Test
    void aRefusedConnectionNamesHostAndPort() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        CompletableFuture<RequestChannel> opened = connect("localhost", port, ClientSettings.defaults());
        assertThat(opened)
                .failsWithin(60, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("localhost:" + port)
                .withMessageContaining("refused");
    }
}
