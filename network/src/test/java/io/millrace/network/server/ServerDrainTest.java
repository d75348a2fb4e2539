package io.millrace.network.server;

import static io.millrace.network.server.ServerRig.assertAnswer;
import static io.millrace.network.server.ServerRig.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.network.connection.Request;
import io.millrace.network.frame.Frames;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the server ends: what is in flight leaves, for as long as it is given. */
class ServerDrainTest {

    private final ServerRig rig = new ServerRig();

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void drainLetsAnswersInFlightLeaveAndRefusesNewConnections() throws Exception {
        CompletableFuture<Runnable> parked = new CompletableFuture<>();
        int port = rig.start(
                ServerSettings.defaults(), (request, responder) -> parked.complete(() -> echo(request, responder)));
        try (TestClient client = new TestClient("127.0.0.1", port);
                TestClient idle = new TestClient("127.0.0.1", port)) {
            client.send(Frames.request(1, "drain", 100_000));
            Runnable completion = parked.get(60, TimeUnit.SECONDS);
            CompletableFuture<Void> drained = rig.server().drain(60_000);
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
        int port = rig.start(ServerSettings.defaults(), (request, responder) -> parked.complete(request));
        try (TestClient client = new TestClient("127.0.0.1", port)) {
            client.send(Frames.request(1, "drain", 10));
            Request request = parked.get(60, TimeUnit.SECONDS);
            rig.server().drain(50).get(60, TimeUnit.SECONDS);
            assertThat(client.sawClose()).isTrue();
            request.frame().release();
        }
    }

    @Test
    void aSecondDrainClosesAtOnce() throws Exception {
        CompletableFuture<Request> parked = new CompletableFuture<>();
        int port = rig.start(ServerSettings.defaults(), (request, responder) -> parked.complete(request));
        try (TestClient client = new TestClient("127.0.0.1", port)) {
            client.send(Frames.request(1, "drain", 10));
            Request request = parked.get(60, TimeUnit.SECONDS);
            CompletableFuture<Void> drained = rig.server().drain(600_000);
            assertThatThrownBy(() -> drained.get(50, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            rig.server().drain(600_000).get(60, TimeUnit.SECONDS);
            assertThat(client.sawClose()).isTrue();
            request.frame().release();
        }
    }
}
