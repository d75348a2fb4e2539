package io.millrace.network.http;

import java.util.concurrent.atomic.LongAdder;

/** What one HTTP server did since the start; read by whatever publishes metrics. Thread-safe. */
public final class HttpMetrics {

    /** Hundreds of a status: 2 for 200 to 299. */
    private static final int STATUS_CLASSES = 6;

    private static final int STATUSES_PER_CLASS = 100;

    private final LongAdder[] answers = new LongAdder[STATUS_CLASSES];
    private final LongAdder openConnections = new LongAdder();
    private final LongAdder connectionsRefused = new LongAdder();
    private final LongAdder timeouts = new LongAdder();

    public HttpMetrics() {
        for (int i = 0; i < STATUS_CLASSES; i++) {
            answers[i] = new LongAdder();
        }
    }

    /**
     * Answers given, errors of the server's own included.
     *
     * @param statusClass hundreds of the status, 2 to 5
     */
    public long answers(int statusClass) {
        return answers[statusClass].sum();
    }

    public long openConnections() {
        return openConnections.sum();
    }

    /** Connections closed at once because there were too many. */
    public long connectionsRefused() {
        return connectionsRefused.sum();
    }

    /** Connections closed because a request did not arrive, or its answer was not taken, in time. */
    public long timeouts() {
        return timeouts.sum();
    }

    void answered(int status) {
        answers[status / STATUSES_PER_CLASS].increment();
    }

    void opened() {
        openConnections.increment();
    }

    void closed() {
        openConnections.decrement();
    }

    void refused() {
        connectionsRefused.increment();
    }

    void timedOut() {
        timeouts.increment();
    }
}
