package io.millrace.network.server;

import static io.millrace.network.server.ServerRig.assertAnswer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.network.connection.CloseReason;
import io.millrace.network.connection.ConnectionLimits;
import io.millrace.network.frame.EncodedFrame;
import io.millrace.network.frame.Frames;
import io.millrace.network.frame.TestRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the server spends on a client that does not read its answers. */
class SlowClientTest {

    private final ServerRig rig = new ServerRig();

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void aClientThatDoesNotReadIsNotReadEitherAndHoldsLittle() throws Exception {
        int answerBytes = 4 * 1024 * 1024;
        int port = rig.start(ServerSettings.defaults().withSocketBuffers(64 * 1024, -1), (request, responder) -> {
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
            await().atMost(60, TimeUnit.SECONDS).until(() -> rig.metrics.requests() > 0 && rig.metrics.bytesSent() > 0);
            await().during(300, TimeUnit.MILLISECONDS).until(() -> rig.metrics.requests() <= 64);
            assertThat(rig.metrics.bytesSent()).isLessThan(3L * 1024 * 1024 + answerBytes);
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
        int port = rig.start(ServerSettings.defaults().withSocketBuffers(64 * 1024, -1), (request, responder) -> {
            request.frame().release();
            responder.send(new EncodedFrame(List.of(region)));
        });
        try (TestClient client = new TestClient("127.0.0.1", port, 64 * 1024)) {
            client.send(Frames.request(1, "lazy", 10));
            await().atMost(60, TimeUnit.SECONDS).until(() -> rig.metrics.bytesSent() > 0 && region.lentBytes() > 0);
            await().during(300, TimeUnit.MILLISECONDS).until(() -> region.lentBytes() <= 512 * 1024);
            assertThat(region.mostLentBytes()).isLessThanOrEqualTo(512 * 1024);
            assertAnswer(client.receive(), 1, answerBytes - 8);
        }
        await().atMost(60, TimeUnit.SECONDS).until(() -> region.releases() == 1 && region.loans() == 0);
    }

    @Test
    void aWriteThatMakesNoProgressClosesTheConnection() throws IOException {
        ConnectionLimits limits = new ConnectionLimits(1024 * 1024, 1024, 64, 1024 * 1024, 0, 1_000, 200);
        int port = rig.start(
                ServerSettings.defaults().withLimits(limits).withSocketBuffers(64 * 1024, -1), (request, responder) -> {
                    request.frame().release();
                    responder.send(EncodedFrame.of(Frames.answer(request.correlationId(), 16 * 1024 * 1024)));
                });
        try (TestClient client = new TestClient("127.0.0.1", port, 64 * 1024)) {
            client.send(Frames.request(1, "stalled", 10));
            await().atMost(60, TimeUnit.SECONDS)
                    .until(() -> rig.metrics.connectionsClosed(CloseReason.WRITE_STALLED) == 1);
        }
    }
}
