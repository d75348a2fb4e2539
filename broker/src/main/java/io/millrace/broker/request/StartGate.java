package io.millrace.broker.request;

import io.millrace.network.connection.Connection;
import io.millrace.network.connection.Request;
import io.millrace.network.connection.RequestHandler;
import io.millrace.network.connection.Responder;
import io.millrace.runtime.EventLoop;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds requests that arrive between binding the ports (which tells what to register) and being able to serve, in order. The
 * network's bounds on requests in flight bound it. Each queue is owned by the loop of its connections.
 */
public final class StartGate implements RequestHandler {

    private static final Logger LOG = LoggerFactory.getLogger(StartGate.class);

    private record Held(Request request, Responder responder) {}

    /** What the loops see; written once. */
    private volatile @Nullable RequestHandler serving;
    /** Built before the first connection; each value is touched on its loop only. */
    private final Map<EventLoop, Queue<Held>> held = new HashMap<>();

    public StartGate(List<? extends EventLoop> loops) {
        loops.forEach(loop -> held.put(loop, new ArrayDeque<>()));
    }

    /** Serves what waits and all that comes, with {@code handler}. Once, from any thread. */
    public void open(RequestHandler handler) {
        // First, so that what comes after a queue was emptied is served at once and nothing is left behind.
        serving = handler;
        held.forEach((loop, queue) -> loop.post(() -> {
            while (!queue.isEmpty()) {
                Held first = queue.remove();
                try {
                    handler.handle(first.request(), first.responder());
                } catch (RuntimeException e) {
                    LOG.error("event=request-broken apiKey={}", first.request().apiKey(), e);
                    first.responder()
                            .closeUnlessCompleted("a defect of the broker kept it from answering: see its log");
                }
            }
        }));
    }

    @Override
    public void handle(Request request, Responder responder) {
        RequestHandler handler = serving;
        Queue<Held> queue = held.get(responder.connection().loop());
        if (queue == null) {
            throw new IllegalStateException("a connection on a loop that the gate does not know");
        }
        if (handler != null && queue.isEmpty()) {
            handler.handle(request, responder);
        } else {
            queue.add(new Held(request, responder));
        }
    }

    @Override
    public void disconnected(Connection connection) {
        RequestHandler handler = serving;
        if (handler != null) {
            handler.disconnected(connection);
        }
    }
}
