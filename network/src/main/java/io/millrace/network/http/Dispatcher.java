package io.millrace.network.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds a request's handler and runs it, slow ones on one worker thread that exists only while there is work. Called on the
 * server's loop.
 */
final class Dispatcher {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final int MAX_WAITING = 16;
    private static final long WORKER_IDLE_S = 5;
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    private final Map<String, HttpRoutes.Route> routes;
    private final String list;
    private final ThreadPoolExecutor worker;

    Dispatcher(String name, HttpRoutes routes) {
        this.routes = routes.byPath();
        this.list = routes.list();
        this.worker = new ThreadPoolExecutor(
                1, 1, WORKER_IDLE_S, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), task -> {
                    Thread thread = new Thread(task, name + "-worker");
                    thread.setDaemon(true);
                    return thread;
                });
        worker.allowCoreThreadTimeOut(true);
    }

    void dispatch(HttpCall call) {
        HttpRoutes.Route route = routes.get(call.path());
        if (route == null) {
            call.answer(HttpAnswer.text(HttpResponseStatus.NOT_FOUND.code(), "not here; there is:\n" + list));
        } else if (!route.slow()) {
            run(route.handler(), call);
        } else {
            try {
                worker.execute(() -> run(route.handler(), call));
            } catch (RejectedExecutionException full) {
                call.answer(HttpAnswer.text(
                        HttpResponseStatus.SERVICE_UNAVAILABLE.code(), "too many requests wait already\n"));
            }
        }
    }

    private static void run(HttpHandler handler, HttpCall call) {
        try {
            handler.handle(call);
        } catch (Throwable failure) { // the edge: one request's fault is not the loop's
            LOG.error("path={} failed", call.path(), failure);
            try {
                call.answer(
                        HttpAnswer.text(HttpResponseStatus.INTERNAL_SERVER_ERROR.code(), "failed; the log says why\n"));
            } catch (IllegalStateException alreadyAnswered) {
                LOG.debug("path={} failed after its answer", call.path(), alreadyAnswered);
            }
        }
    }

    /** Lets slow work that runs or waits come to its end, for a while. */
    void close() {
        worker.shutdown();
        try {
            if (!worker.awaitTermination(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("slow work did not end within {} ms", CLOSE_TIMEOUT_MS);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
