package io.millrace.network.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.network.connection.CloseReason;
import io.millrace.network.connection.Connection;
import io.millrace.network.connection.ConnectionLimits;
import io.millrace.network.connection.NetworkMetrics;
import io.millrace.network.connection.Request;
import io.millrace.network.connection.RequestHandler;
import io.millrace.network.connection.Responder;
import io.millrace.network.frame.EncodedFrame;
import io.millrace.network.frame.Frames;
import io.millrace.network.frame.TestRegion;
import io.millrace.network.loop.ShardLoops;
import io.millrace.network.loop.Transport;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The server over real sockets on loopback. */
class KafkaServerTest {

    private final NetworkMetrics metrics = new NetworkMetrics();
    private ShardLoops loops = new ShardLoops(3);
    private @Nullable KafkaServer started;

    @AfterEach
    void stop() {
        if (started != null) {
            started.close();
        }
        loops.close();
        assertThat(loops.failures()).isZero();
        assertThat(metrics.openConnections()).isZero();
        assertThat(metrics.inFlightRequests()).isZero();
        assertThat(metrics.inFlightBytes()).isZero();
    }

    private int start(ServerSettings settings, RequestHandler handler) throws IOException {
        return start(settings, handler, ListenerSettings.plaintext("PLAINTEXT", "localhost", 0));
    }

    private int start(ServerSettings settings, RequestHandler handler, ListenerSettings listener) throws IOException {
        return newServer(settings, handler).start(List.of(listener)).get(0).port();
    }

    private KafkaServer newServer(ServerSettings settings, RequestHandler handler) {
        KafkaServer created = new KafkaServer(loops, settings, metrics, handler);
        started = created;
        return created;
    }

    private KafkaServer server() {
        return Objects.requireNonNull(started);
    }

    /** Answers each request with its own bytes after the header. */
    private static void echo(Request request, Responder responder) {
        ByteBuf frame = request.frame();
        ByteBuf body = frame.slice(request.headerBytes(), frame.readableBytes() - request.headerBytes());
        ByteBuf answer = Frames.allocator().directBuffer(8 + body.readableBytes());
        answer.writeInt(4 + body.readableBytes())
                .writeInt(request.correlationId())
                .writeBytes(body);
        frame.release();
        responder.send(EncodedFrame.of(answer));
    }

    private static void assertAnswer(TestClient.Answer answer, int correlationId, int bodyBytes) {
        assertThat(answer.correlationId()).isEqualTo(correlationId);
        assertThat(answer.body().remaining()).isEqualTo(bodyBytes);
        for (int i = 0; i < bodyBytes; i++) {
            if (answer.body().get(i) != Frames.bodyByte(correlationId, i)) {
                throw new AssertionError("byte " + i + " of answer " + correlationId + " is wrong");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void echoesRequestsOfManySizesOnEachTransport(Transport transport) throws IOException {
        loops.close();
        loops = new ShardLoops(2, transport);
        int port = start(ServerSettings.defaults(), KafkaServerTest::echo);
        try (TestClient client = new TestClient("127.0.0.1", port)) {
            int id = 0;
            for (int bytes : new int[] {0, 1, 100, 2_000, 9_000, 70_000, 300_000, 1_500_000, 50, 5_000_000, 0}) {
                client.send(Frames.request(++id, "sizes", bytes));
                assertAnswer(client.receive(), id, bytes);
            }
        }
    }

    @Test
    void takesARequestByteByByte() throws IOException {
        int port = start(ServerSettings.defaults(), KafkaServerTest::echo);
        try (TestClient client = new TestClient("127.0.0.1", port)) {
            for (int id = 1; id <= 3; id++) {
                ByteBuf frame = Frames.request(id, "slow", 60);
                while (frame.isReadable()) {
                    client.sendBytes(frame.readByte());
                }
                frame.release();
                assertAnswer(client.receive(), id, 60);
            }
        }
    }

    @Test
    void answersLeaveInRequestOrderWhateverCompletesFirst() throws IOException {
        List<Runnable> parked = Collections.synchronizedList(new ArrayList<>());
        int requests = 60; // below the bound on requests in flight, so that all of them wait at once
        int port = start(ServerSettings.defaults(), (request, responder) -> {
            parked.add(() -> echo(request, responder));
            if (parked.size() == requests) {
                List<Runnable> completions = new ArrayList<>(parked);
                Collections.reverse(completions);
                Thread.ofVirtual().start(() -> completions.forEach(Runnable::run));
            }
        });
        try (TestClient client = new TestClient("127.0.0.1", port)) {
            for (int id = 1; id <= requests; id++) {
                client.send(Frames.request(id, "pipeline", id * 10));
            }
            for (int id = 1; id <= requests; id++) {
                assertAnswer(client.receive(), id, id * 10);
            }
        }
    }

    @Test
    void spreadsConnectionsOverAllShards() throws IOException {
        Set<String> shards = ConcurrentHashMap.newKeySet();
        int port = start(ServerSettings.defaults(), (request, responder) -> {
            assertThat(request.connection().loop().isOwner()).isTrue();
            shards.add(request.connection().loop().name());
            echo(request, responder);
        });
        for (int id = 1; id <= 3; id++) {
            try (TestClient client = new TestClient("127.0.0.1", port)) {
                client.send(Frames.request(id, "spread", 1));
                assertAnswer(client.receive(), id, 1);
            }
        }
        assertThat(shards).containsExactlyInAnyOrder("shard-0", "shard-1", "shard-2");
    }

    @Test
    void localhostListensOnBothFamilies() throws IOException {
        int port = start(ServerSettings.defaults(), KafkaServerTest::echo);
        for (String host : new String[] {"127.0.0.1", "::1"}) {
            try (TestClient client = new TestClient(host, port)) {
                client.send(Frames.request(7, "family", 5));
                assertAnswer(client.receive(), 7, 5);
            }
        }
    }

    @Test
    void everyAddressListensOnBothFamilies() throws IOException {
        int port = start(ServerSettings.defaults(), KafkaServerTest::echo, ListenerSettings.plaintext("ALL", "*", 0));
        for (String host : new String[] {"127.0.0.1", "::1"}) {
            try (TestClient client = new TestClient(host, port)) {
                client.send(Frames.request(7, "family", 5));
                assertAnswer(client.receive(), 7, 5);
            }
        }
    }

    @Test
    void severalListenersHaveTheirOwnNamesPortsAndAdvertisedAddresses() throws IOException {
        Set<String> names = ConcurrentHashMap.newKeySet();
        KafkaServer server = newServer(ServerSettings.defaults(), (request, responder) -> {
            names.add(request.connection().listenerName());
            echo(request, responder);
        });
        List<BoundListener> bound = server.start(List.of(
                ListenerSettings.plaintext("INTERNAL", "127.0.0.1", 0),
                new ListenerSettings("EXTERNAL", "127.0.0.1", 0, "broker.example", 19092, false)));
        assertThat(bound).extracting(BoundListener::name).containsExactly("INTERNAL", "EXTERNAL");
        assertThat(bound.get(0).advertisedPort()).isEqualTo(bound.get(0).port()).isNotZero();
        assertThat(bound.get(0).advertisedHost()).isEqualTo("127.0.0.1");
        assertThat(bound.get(1).advertisedHost()).isEqualTo("broker.example");
        assertThat(bound.get(1).advertisedPort()).isEqualTo(19092);
        for (BoundListener listener : bound) {
            try (TestClient client = new TestClient("127.0.0.1", listener.port())) {
                client.send(Frames.request(1, "both", 1));
                assertAnswer(client.receive(), 1, 1);
            }
        }
        assertThat(names).containsExactlyInAnyOrder("INTERNAL", "EXTERNAL");
    }

    @Test
    void aPortInUseIsNamedAndNothingStaysOpen() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            KafkaServer server = newServer(ServerSettings.defaults(), KafkaServerTest::echo);
            assertThatThrownBy(() -> server.start(List.of(
                            ListenerSettings.plaintext("FIRST", "127.0.0.1", 0),
                            ListenerSettings.plaintext("SECOND", "127.0.0.1", taken.getLocalPort()))))
                    .isInstanceOfSatisfying(
                            ListenerBindException.class,
                            refused -> assertThat(refused.portInUse()).isTrue())
                    .hasMessageContaining("SECOND")
                    .hasMessageContaining(String.valueOf(taken.getLocalPort()))
                    .hasMessageContaining("another port");
            assertThat(server.listeners()).isEmpty();
        }
    }

    @Test
    void anAddressOfAnotherMachineIsNamed() {
        KafkaServer server = newServer(ServerSettings.defaults(), KafkaServerTest::echo);
        assertThatThrownBy(() -> server.start(List.of(ListenerSettings.plaintext("FAR", "192.0.2.1", 0))))
                .isInstanceOf(ListenerBindException.class)
                .hasMessageContaining("FAR")
                .hasMessageContaining("does not have that address");
    }

    @Test
    void oneAddressGetsOnlyItsShareOfConnections() throws IOException {
        int port = start(ServerSettings.defaults().withMaxConnectionsPerIp(2), KafkaServerTest::echo);
        try (TestClient first = new TestClient("127.0.0.1", port);
                TestClient second = new TestClient("127.0.0.1", port)) {
            first.send(Frames.request(1, "a", 1));
            assertAnswer(first.receive(), 1, 1);
            second.send(Frames.request(1, "b", 1));
            assertAnswer(second.receive(), 1, 1);
            try (TestClient third = new TestClient("127.0.0.1", port)) {
                assertThat(third.sawClose()).isTrue();
            }
            try (TestClient other = new TestClient("::1", port)) {
                other.send(Frames.request(1, "c", 1));
                assertAnswer(other.receive(), 1, 1);
            }
        }
        assertThat(metrics.connectionsClosed(CloseReason.TOO_MANY_CONNECTIONS_FROM_ADDRESS))
                .isEqualTo(1);
        await().atMost(60, TimeUnit.SECONDS).until(() -> server().openConnections() == 0);
        try (TestClient again = new TestClient("127.0.0.1", port)) {
            again.send(Frames.request(1, "d", 1));
            assertAnswer(again.receive(), 1, 1);
        }
    }

    @Test
    void connectionsAreBoundedInTotal() throws IOException {
        int port = start(ServerSettings.defaults().withMaxConnections(1), KafkaServerTest::echo);
        try (TestClient first = new TestClient("127.0.0.1", port)) {
            first.send(Frames.request(1, "a", 1));
            assertAnswer(first.receive(), 1, 1);
            try (TestClient second = new TestClient("::1", port)) {
                assertThat(second.sawClose()).isTrue();
            }
        }
        assertThat(metrics.connectionsClosed(CloseReason.TOO_MANY_CONNECTIONS)).isEqualTo(1);
    }

    @Test
    void drainLetsAnswersInFlightLeaveAndRefusesNewConnections() throws Exception {
        CompletableFuture<Runnable> parked = new CompletableFuture<>();
        int port = start(
                ServerSettings.defaults(), (request, responder) -> parked.complete(() -> echo(request, responder)));
        try (TestClient client = new TestClient("127.0.0.1", port);
                TestClient idle = new TestClient("127.0.0.1", port)) {
            client.send(Frames.request(1, "drain", 100_000));
            Runnable completion = parked.get(60, TimeUnit.SECONDS);
            CompletableFuture<Void> drained = server().drain(60_000);
            assertThat(idle.sawClose()).isTrue();
            assertThatThrownBy(() -> new TestClient("127.0.0.1", port)).isInstanceOf(IOException.class);
            assertThat(drained.isDone()).isFalse();
            completion.run();
            assertAnswer(client.receive(), 1, 100_000);
            assertThat(client.sawClose()).isTrue();
            drained.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void drainEndsAtItsDeadline() throws Exception {
        CompletableFuture<Request> parked = new CompletableFuture<>();
        int port = start(ServerSettings.defaults(), (request, responder) -> parked.complete(request));
        try (TestClient client = new TestClient("127.0.0.1", port)) {
            client.send(Frames.request(1, "drain", 10));
            Request request = parked.get(60, TimeUnit.SECONDS);
            server().drain(50).get(60, TimeUnit.SECONDS);
            assertThat(client.sawClose()).isTrue();
            request.frame().release();
        }
    }

    @Test
    void aSecondDrainClosesAtOnce() throws Exception {
        CompletableFuture<Request> parked = new CompletableFuture<>();
        int port = start(ServerSettings.defaults(), (request, responder) -> parked.complete(request));
        try (TestClient client = new TestClient("127.0.0.1", port)) {
            client.send(Frames.request(1, "drain", 10));
            Request request = parked.get(60, TimeUnit.SECONDS);
            CompletableFuture<Void> drained = server().drain(600_000);
            assertThatThrownBy(() -> drained.get(50, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            server().drain(600_000).get(60, TimeUnit.SECONDS);
            assertThat(client.sawClose()).isTrue();
            request.frame().release();
        }
    }

    @Test
    void aClientThatDoesNotReadIsNotReadEitherAndHoldsLittle() throws Exception {
        int answerBytes = 4 * 1024 * 1024;
        int port = start(ServerSettings.defaults().withSocketBuffers(64 * 1024, -1), (request, responder) -> {
            request.frame().release();
            responder.whenHead(
                    () -> responder.send(EncodedFrame.of(Frames.answer(request.correlationId(), answerBytes))));
        });
        try (TestClient client = new TestClient("127.0.0.1", port, 64 * 1024)) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    for (int id = 1; id <= 400; id++) {
                        client.send(Frames.request(id, "lazy", 20_000));
                    }
                } catch (IOException closed) {
                    throw new java.io.UncheckedIOException(closed);
                }
            });
            await().atMost(60, TimeUnit.SECONDS).until(() -> metrics.requests() > 0 && metrics.bytesSent() > 0);
            await().during(300, TimeUnit.MILLISECONDS).until(() -> metrics.requests() <= 64);
            assertThat(metrics.bytesSent()).isLessThan(3L * 1024 * 1024 + answerBytes);
            for (int id = 1; id <= 400; id++) {
                assertThat(client.receive().correlationId()).isEqualTo(id);
            }
            // All it sent was answered: it has nothing left to do but to end.
            assertThat(sender.join(Duration.ofSeconds(60))).isTrue();
        }
    }

    @Test
    void aClientThatDoesNotReadIsLentLittle() throws IOException {
        int answerBytes = 16 * 1024 * 1024;
        ByteBuffer answer = ByteBuffer.allocateDirect(answerBytes);
        answer.putInt(answerBytes - 4)
                .putInt(1)
                .put(Frames.body(1, answerBytes - 8))
                .flip();
        TestRegion region = TestRegion.memory(answer);
        int port = start(ServerSettings.defaults().withSocketBuffers(64 * 1024, -1), (request, responder) -> {
            request.frame().release();
            responder.send(new EncodedFrame(List.of(region)));
        });
        try (TestClient client = new TestClient("127.0.0.1", port, 64 * 1024)) {
            client.send(Frames.request(1, "lazy", 10));
            await().atMost(60, TimeUnit.SECONDS).until(() -> metrics.bytesSent() > 0 && region.lentBytes() > 0);
            await().during(300, TimeUnit.MILLISECONDS).until(() -> region.lentBytes() <= 512 * 1024);
            assertThat(region.mostLentBytes()).isLessThanOrEqualTo(512 * 1024);
            assertAnswer(client.receive(), 1, answerBytes - 8);
        }
        await().atMost(60, TimeUnit.SECONDS).until(() -> region.releases() == 1 && region.loans() == 0);
    }

    @Test
    void aWriteThatMakesNoProgressClosesTheConnection() throws IOException {
        ConnectionLimits limits = new ConnectionLimits(1024 * 1024, 1024, 64, 1024 * 1024, 0, 1_000, 200);
        int port = start(
                ServerSettings.defaults().withLimits(limits).withSocketBuffers(64 * 1024, -1), (request, responder) -> {
                    request.frame().release();
                    responder.send(EncodedFrame.of(Frames.answer(request.correlationId(), 16 * 1024 * 1024)));
                });
        try (TestClient client = new TestClient("127.0.0.1", port, 64 * 1024)) {
            client.send(Frames.request(1, "stalled", 10));
            await().atMost(60, TimeUnit.SECONDS).until(() -> metrics.connectionsClosed(CloseReason.WRITE_STALLED) == 1);
        }
    }

    @Test
    void disconnectIsToldOnceWithTheAttachment() throws Exception {
        CompletableFuture<Object> told = new CompletableFuture<>();
        int port = start(ServerSettings.defaults(), new RequestHandler() {
            @Override
            public void connected(Connection connection) {
                connection.attach("session of " + connection.peerAddress().getPort());
            }

            @Override
            public void handle(Request request, Responder responder) {
                echo(request, responder);
            }

            @Override
            public void disconnected(Connection connection) {
                if (!told.complete(String.valueOf(connection.attachment()))) {
                    throw new IllegalStateException("told twice");
                }
            }
        });
        int clientPort;
        try (TestClient client = new TestClient("127.0.0.1", port)) {
            client.send(Frames.request(1, "x", 1));
            assertAnswer(client.receive(), 1, 1);
            clientPort = client.localAddress().getPort();
        }
        assertThat(told.get(60, TimeUnit.SECONDS)).isEqualTo("session of " + clientPort);
        assertThat(metrics.connectionsClosed(CloseReason.CLOSED_BY_PEER)).isEqualTo(1);
    }
}
