package io.millrace.network.connection;

/**
 * What a server does with requests; implemented by the broker. One handler serves all connections, each on its own loop, so its
 * shared state must allow for that.
 */
public interface RequestHandler {

    /**
     * Handles one request, on the connection's loop, in order of arrival. Must not block. Completes {@code responder} now or
     * later, and releases {@link Request#frame()} exactly once, now or later, also when it throws; an exception closes the
     * connection with {@link CloseReason#HANDLER_FAILED}.
     */
    void handle(Request request, Responder responder);

    /** Called on the connection's loop before its first request. */
    default void connected(Connection connection) {}

    /** Called once on the connection's loop after its last request; no {@link Responder#whenHead} task runs afterwards. */
    default void disconnected(Connection connection) {}
}
