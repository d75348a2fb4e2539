package io.millrace.network.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.network.connection.NetworkMetrics;
import io.millrace.network.connection.Request;
import io.millrace.network.connection.RequestHandler;
import io.millrace.network.connection.Responder;
import io.millrace.network.frame.EncodedFrame;
import io.millrace.network.frame.Frames;
import io.millrace.network.loop.ShardLoops;
import io.millrace.network.loop.Transport;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A server on loopback that is started as a test says, and looked at when it has ended. Owned by its test. */
final class ServerRig implements AutoCloseable {

    final NetworkMetrics metrics = new NetworkMetrics();
    private ShardLoops loops = new ShardLoops(3);
    private @Nullable KafkaServer started;

    /** Everything it took was given back. */
    @Override
    public void close() {
        if (started != null) {
            started.close();
        }
        loops.close();
        assertThat(loops.failures()).isZero();
        assertThat(metrics.openConnections()).isZero();
        assertThat(metrics.inFlightRequests()).isZero();
        assertThat(metrics.inFlightBytes()).isZero();
    }

    /** Instead of three on the transport that fits the machine. */
    void loops(int count, Transport transport) {
        loops.close();
        loops = new ShardLoops(count, transport);
    }

    int start(ServerSettings settings, RequestHandler handler) throws IOException {
        return start(settings, handler, ListenerSettings.plaintext("PLAINTEXT", "localhost", 0));
    }

    int start(ServerSettings settings, RequestHandler handler, ListenerSettings listener) throws IOException {
        return newServer(settings, handler).start(List.of(listener)).get(0).port();
    }

    KafkaServer newServer(ServerSettings settings, RequestHandler handler) {
        KafkaServer created = new KafkaServer(loops, settings, metrics, handler);
        started = created;
        return created;
    }

    KafkaServer server() {
        return Objects.requireNonNull(started);
    }

    /** Answers each request with its own bytes after the header. */
    static void echo(Request request, Responder responder) {
        ByteBuf frame = request.frame();
        ByteBuf body = frame.slice(request.headerBytes(), frame.readableBytes() - request.headerBytes());
        ByteBuf answer = Frames.allocator().directBuffer(8 + body.readableBytes());
        answer.writeInt(4 + body.readableBytes())
                .writeInt(request.correlationId())
                .writeBytes(body);
        frame.release();
        responder.send(EncodedFrame.of(answer));
    }

    static void assertAnswer(TestClient.Answer answer, int correlationId, int bodyBytes) {
        assertThat(answer.correlationId()).isEqualTo(correlationId);
        assertThat(answer.body().remaining()).isEqualTo(bodyBytes);
        for (int i = 0; i < bodyBytes; i++) {
            if (answer.body().get(i) != Frames.bodyByte(correlationId, i)) {
                throw new AssertionError("byte " + i + " of answer " + correlationId + " is wrong");
            }
        }
    }
}
