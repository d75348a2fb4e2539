package io.millrace.network.connection;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the handler, the metrics and the log that one connection begins and ends, and contains what the handler throws at it:
 * an end is told once, and only of a connection whose begin was told. Owned by the connection's loop.
 */
final class ConnectionLife {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLife.class);

    private final ServerConnection connection;
    private final ConnectionScope scope;
    private boolean announced;

    ConnectionLife(ServerConnection connection, ConnectionScope scope) {
        this.connection = connection;
        this.scope = scope;
    }

    void begin() {
        scope.metrics().opened();
        announced = true;
        try {
            scope.handler().connected(connection);
        } catch (RuntimeException failure) {
            connection.handlerFailed(failure);
        }
    }

    /** Requests that get no answer any more, oldest first. */
    void drop(ResponseOrder unanswered) {
        scope.metrics().requestsLeft(unanswered.size());
        ResponseSlot slot;
        while ((slot = unanswered.head()) != null) {
            unanswered.removeHead();
            drop(slot);
        }
    }

    private void drop(ResponseSlot slot) {
        try {
            slot.drop();
        } catch (RuntimeException failure) {
            LOG.error(
                    "connection={} listener={} a request's end failed",
                    connection.id(),
                    connection.listenerName(),
                    failure);
        }
    }

    void end(CloseReason reason, String why) {
        if (!announced) {
            return;
        }
        scope.metrics().closed(reason);
        scope.closeLog()
                .closed(reason, connection.listenerName(), connection.peerAddress(), connection.clientId(), why);
        try {
            scope.handler().disconnected(connection);
        } catch (RuntimeException failure) {
            LOG.error(
                    "connection={} listener={} disconnect handler failed",
                    connection.id(),
                    connection.listenerName(),
                    failure);
        }
    }
}
