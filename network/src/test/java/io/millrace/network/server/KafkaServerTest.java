package io.millrace.network.server;

import static io.millrace.network.server.ServerRig.assertAnswer;
import static io.millrace.network.server.ServerRig.echo;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.network.connection.CloseReason;
import io.millrace.network.connection.Connection;
import io.millrace.network.connection.Request;
import io.millrace.network.connection.RequestHandler;
import io.millrace.network.connection.Responder;
import io.millrace.network.frame.Frames;
import io.millrace.network.loop.Transport;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The server over real sockets on loopback. */
class KafkaServerTest {

    private final ServerRig rig = new ServerRig();

    @AfterEach
    void stop() {
        rig.close();
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void echoesRequestsOfManySizesOnEachTransport(Transport transport) throws IOException {
        rig.loops(2, transport);
        int port = rig.start(ServerSettings.defaults(), ServerRig::echo);
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
        int port = rig.start(ServerSettings.defaults(), ServerRig::echo);
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
        int port = rig.start(ServerSettings.defaults(), (request, responder) -> {
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
        int port = rig.start(ServerSettings.defaults(), (request, responder) -> {
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
    void disconnectIsToldOnceWithTheAttachment() throws Exception {
        CompletableFuture<Object> told = new CompletableFuture<>();
        int port = rig.start(ServerSettings.defaults(), new RequestHandler() {
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
        assertThat(rig.metrics.connectionsClosed(CloseReason.CLOSED_BY_PEER)).isEqualTo(1);
    }
}
