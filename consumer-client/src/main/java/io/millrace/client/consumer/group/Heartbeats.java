package io.millrace.client.consumer.group;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.connection.Backoff;
import io.millrace.client.connection.Reply;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.HeartbeatResponse;
import io.millrace.runtime.Timer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells the coordinator that this member lives, whatever the application does, and watches that the application still polls. Owned by
 * the client's loop; only {@link #polled} is for the polling thread.
 */
final class Heartbeats {

    private static final long LONGEST_WATCH_MS = 1_000;
    private static final int WATCHES_PER_INTERVAL = 4;

    private final Cluster cluster;
    private final GroupConfig config;
    private final GroupCoordinator coordinator;
    private final Membership membership;
    private final Backoff backoff;
    private final long startedNs;
    private boolean running;
    private boolean inFlight;
    private boolean closed;
    private @Nullable Timer timer;
    private @Nullable Timer watchTimer;
    private volatile boolean waiting;
    private volatile long polledNs;

    Heartbeats(Cluster cluster, GroupConfig config, GroupCoordinator coordinator, Membership membership) {
        this.cluster = cluster;
        this.config = config;
        this.coordinator = coordinator;
        this.membership = membership;
        this.startedNs = cluster.clock().monotonicNs();
        this.polledNs = startedNs;
        this.backoff =
                new Backoff(cluster.config().retryBackoffMs(), cluster.config().retryBackoffMaxMs());
    }

    /**
     * The polling thread is here.
     *
     * @param waits whether it waits within {@code poll} from now on, for as long as it likes
     */
    void polled(boolean waits) {
        polledNs = cluster.clock().monotonicNs();
        waiting = waits;
    }

    long sinceStartMs() {
        return TimeUnit.NANOSECONDS.toMillis(cluster.clock().monotonicNs() - startedNs);
    }

    /** Whether heartbeats are to be sent. */
    void run(boolean now) {
        if (closed || now == running) {
            return;
        }
        running = now;
        if (now) {
            backoff.reset();
            next(TimeUnit.MILLISECONDS.toNanos(config.heartbeatIntervalMs()));
            watch();
        } else if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void next(long waitNs) {
        if (timer != null) {
            timer.cancel();
        }
        timer = cluster.loop().schedule(waitNs, this::beat);
    }

    private void beat() {
        timer = null;
        if (!running || closed || cluster.isClosed()) {
            return;
        }
        if (inFlight) {
            next(TimeUnit.MILLISECONDS.toNanos(config.heartbeatIntervalMs()));
            return;
        }
        inFlight = true;
        Generation asked = membership.generation();
        coordinator.send(GroupRequests.heartbeat(config, asked), reply -> replied(asked, reply));
    }

    private void replied(Generation asked, Reply reply) {
        inFlight = false;
        if (!running || closed) {
            return;
        }
        ErrorCode error = ErrorCode.NETWORK_EXCEPTION;
        if (reply instanceof Reply.Answered answered && answered.message() instanceof HeartbeatResponse response) {
            error = ErrorCode.of(response.errorCode());
        }
        if (error == ErrorCode.NONE || error == ErrorCode.REBALANCE_IN_PROGRESS) {
            backoff.reset();
            next(TimeUnit.MILLISECONDS.toNanos(config.heartbeatIntervalMs()));
        } else {
            coordinator.movedAway(error);
            next(backoff.nextNs());
        }
        if (error != ErrorCode.NONE && !error.retriable()) {
            membership.refused(asked, error);
        }
    }

    private void watch() {
        if (watchTimer == null) {
            long everyMs = Math.max(1, Math.min(LONGEST_WATCH_MS, config.maxPollIntervalMs() / WATCHES_PER_INTERVAL));
            watchTimer = cluster.loop().schedule(TimeUnit.MILLISECONDS.toNanos(everyMs), this::look);
        }
    }

    // The order matters: a poll that begins to wait writes the time first.
    private void look() {
        watchTimer = null;
        if (!running || closed || cluster.isClosed()) {
            return;
        }
        boolean waits = waiting;
        long silentNs = cluster.clock().monotonicNs() - polledNs;
        if (!waits && TimeUnit.NANOSECONDS.toMillis(silentNs) > config.maxPollIntervalMs()) {
            membership.pollExpired();
        }
        if (running) {
            watch();
        }
    }

    void close() {
        closed = true;
        running = false;
        if (timer != null) {
            timer.cancel();
        }
        if (watchTimer != null) {
            watchTimer.cancel();
        }
    }
}
