package io.millrace.network.connection;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What the server's sockets did since the start; read by whatever publishes metrics. Thread-safe. */
public final class NetworkMetrics {

    private final LongAdder connectionsOpened = new LongAdder();
    private final Map<CloseReason, LongAdder> connectionsClosed = new EnumMap<>(CloseReason.class);
    private final LongAdder openConnections = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private final LongAdder bytesReceived = new LongAdder();
    private final LongAdder bytesSent = new LongAdder();
    private final LongAdder inFlightRequests = new LongAdder();
    private final LongAdder inFlightBytes = new LongAdder();
    private final LongAdder readPauses = new LongAdder();
    private final LongAdder acceptFailures = new LongAdder();

    public NetworkMetrics() {
        for (CloseReason reason : CloseReason.values()) {
            connectionsClosed.put(reason, new LongAdder()); // never changed again, so read without a lock
        }
    }

    public long connectionsOpened() {
        return connectionsOpened.sum();
    }

    public long connectionsClosed(CloseReason reason) {
        return closedCounter(reason).sum();
    }

    private LongAdder closedCounter(CloseReason reason) {
        return Objects.requireNonNull(connectionsClosed.get(reason));
    }

    public long openConnections() {
        return openConnections.sum();
    }

    /** Whole requests handed to the handler. */
    public long requests() {
        return requests.sum();
    }

    public long bytesReceived() {
        return bytesReceived.sum();
    }

    /** Bytes given to sockets; the last of a connection may not have left. */
    public long bytesSent() {
        return bytesSent.sum();
    }

    /** Requests whose answer is not on its way. */
    public long inFlightRequests() {
        return inFlightRequests.sum();
    }

    /** Bytes of requests that are not completed. */
    public long inFlightBytes() {
        return inFlightBytes.sum();
    }

    /** How often reading from a connection stopped at a bound. */
    public long readPauses() {
        return readPauses.sum();
    }

    /** Connections that the system could not give us, e.g. for want of file descriptors. */
    public long acceptFailures() {
        return acceptFailures.sum();
    }

    /** Counts a connection that the system could not give us. */
    public void acceptFailed() {
        acceptFailures.increment();
    }

    /** Counts a connection that was refused before it became one. */
    public void refused(CloseReason reason) {
        closedCounter(reason).increment();
    }

    void opened() {
        connectionsOpened.increment();
        openConnections.increment();
    }

    void closed(CloseReason reason) {
        closedCounter(reason).increment();
        openConnections.decrement();
    }

    void received(long bytes) {
        bytesReceived.add(bytes);
    }

    void sent(long bytes) {
        bytesSent.add(bytes);
    }

    void requestStarted(long bytes) {
        requests.increment();
        inFlightRequests.increment();
        inFlightBytes.add(bytes);
    }

    void requestCompleted(long bytes) {
        inFlightBytes.add(-bytes);
    }

    void requestsLeft(long count) {
        inFlightRequests.add(-count);
    }

    void readPaused() {
        readPauses.increment();
    }
}
