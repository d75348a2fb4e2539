package io.millrace.network.connection;

import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Timer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one connection. Owned by the connection's loop.
 *
 * <p>A deadline costs nothing while traffic flows: the timer is not moved with each request, but looks when it fires at what
 * happened since and goes on waiting for the rest.
 */
final class ConnectionTimers {

    /** What the deadlines look at and whom they tell. */
    interface Watched {

        /** When bytes last moved, by the loop's monotonic clock. */
        long lastActivityNs();

        /** Whether nothing is owed to the client. */
        boolean isQuiet();

        /** Whether bytes wait for the client to read them. */
        boolean writePending();

        /** Grows with every byte that the client took. */
        long writeProgress();

        /** Whether a request is half received and we read on. */
        boolean readPending();

        /** Grows with every byte that arrived. */
        long readProgress();

        /** Whether a request is half received for longer than its size excuses. */
        boolean readOverdue();

        void expired(CloseReason reason, String why);
    }

    private final EventLoop loop;
    private final ConnectionLimits limits;
    private final Watched watched;

    private @Nullable Timer idle;
    private @Nullable Timer handshake;
    private @Nullable Timer stall;
    private long writeProgress;
    private long readProgress;
    private boolean writeWatched;
    private boolean readWatched;

    ConnectionTimers(EventLoop loop, ConnectionLimits limits, Watched watched) {
        this.loop = loop;
        this.limits = limits;
        this.watched = watched;
    }

    void start(boolean authenticates) {
        if (limits.idleTimeoutMs() > 0) {
            idle = loop.schedule(ns(limits.idleTimeoutMs()), this::lookAtIdle);
        }
        if (authenticates) {
            handshake = loop.schedule(ns(limits.handshakeTimeoutMs()), this::handshakeExpired);
        }
    }

    void authenticated() {
        cancel(handshake);
        handshake = null;
    }

    /** Called whenever bytes wait for the client, or half a request for its rest; cheap when already watching. */
    void watchStall() {
        if (stall == null) {
            writeWatched = watched.writePending();
            readWatched = watched.readPending();
            if (writeWatched || readWatched) {
                writeProgress = watched.writeProgress();
                readProgress = watched.readProgress();
                stall = loop.schedule(ns(limits.stallTimeoutMs()), this::lookAtStall);
            }
        }
    }

    void cancel() {
        cancel(idle);
        cancel(handshake);
        cancel(stall);
    }

    private void lookAtIdle() {
        long timeoutNs = ns(limits.idleTimeoutMs());
        long quietNs = watched.isQuiet() ? loop.clock().monotonicNs() - watched.lastActivityNs() : 0;
        if (quietNs >= timeoutNs) {
            watched.expired(CloseReason.IDLE, "nothing for " + limits.idleTimeoutMs() + " ms");
        } else {
            idle = loop.schedule(timeoutNs - quietNs, this::lookAtIdle);
        }
    }

    private void handshakeExpired() {
        watched.expired(
                CloseReason.HANDSHAKE_TIMEOUT, "not authenticated after " + limits.handshakeTimeoutMs() + " ms");
    }

    private void lookAtStall() {
        stall = null;
        if (writeWatched && watched.writePending() && watched.writeProgress() == writeProgress) {
            watched.expired(
                    CloseReason.WRITE_STALLED, "the client read nothing for " + limits.stallTimeoutMs() + " ms");
        } else if (readWatched && watched.readPending() && watched.readProgress() == readProgress) {
            watched.expired(
                    CloseReason.REQUEST_STALLED,
                    "a started request brought nothing for " + limits.stallTimeoutMs() + " ms");
        } else if (watched.readOverdue()) {
            watched.expired(CloseReason.REQUEST_STALLED, "a started request arrives too slowly");
        } else {
            watchStall();
        }
    }

    private static long ns(long ms) {
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }

    private static void cancel(@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }
}
