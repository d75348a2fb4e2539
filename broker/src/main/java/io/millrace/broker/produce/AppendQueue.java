package io.millrace.broker.produce;

import io.millrace.replication.replica.Deadline;
import io.millrace.replication.replica.ShardReplicas;
import io.millrace.runtime.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The appends of one shard, in the order in which they arrived: while the tail is full they wait here, and those behind them
 * too, so that no partition's batches change places. Owned by the shard's loop.
 *
 * <p>What waits is tried again when tail memory came back, never by the clock; each append gives up when its own request's
 * timeout is over. The network's bounds on requests in flight bound the queue: at them producers are not read any more, which
 * is how a disk that is slower than its producers slows them down instead of failing them.
 */
final class AppendQueue {

    /** A request of which one slot is to be appended. */
    interface Request {

        /** False when the tail had no room: nothing happened, to be tried again. */
        boolean tryAppend(int slot, ShardReplicas replicas);

        /** The tail stayed full for as long as the client waits. */
        void giveUp(int slot);

        long timeoutNs();
    }

    private final EventLoop loop;
    private final ShardReplicas replicas;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private boolean roomAwaited;
    private long waits;
    private long expired;

    AppendQueue(EventLoop loop, ShardReplicas replicas) {
        this.loop = loop;
        this.replicas = replicas;
    }

    private final class Waiting implements Deadline.Expiry {
        private final Request request;
        private final int slot;
        private final Deadline deadline = new Deadline(this);

        Waiting(Request request, int slot) {
            this.request = request;
            this.slot = slot;
        }

        @Override
        public void expired() {
            // Whoever waits behind it is still woken by memory that comes back: nothing else can make room.
            waiting.remove(this);
            AppendQueue.this.expired++;
            request.giveUp(slot);
        }
    }

    /** Appends now, or once there is room; gives up when the request's own timeout is over. */
    void append(Request request, int slot) {
        if (waiting.isEmpty() && request.tryAppend(slot, replicas)) {
            return;
        }
        boolean first = waiting.isEmpty();
        Waiting last = new Waiting(request, slot);
        waiting.add(last);
        waits++;
        replicas.deadlines().add(last.deadline, request.timeoutNs());
        if (first) {
            awaitRoom();
        }
    }

    /** Gives up what waits of {@code request}: its client is gone. */
    @SuppressWarnings("ReferenceEquality") // this very request
    void withdraw(Request request) {
        List<Waiting> withdrawn =
                waiting.stream().filter(each -> each.request == request).toList();
        if (withdrawn.isEmpty()) {
            return;
        }
        waiting.removeIf(each -> each.request == request);
        for (Waiting each : withdrawn) {
            replicas.deadlines().cancel(each.deadline);
            request.giveUp(each.slot);
        }
    }

    private void awaitRoom() {
        if (!roomAwaited) {
            roomAwaited = true;
            replicas.whenRoom(this::retry);
        }
    }

    private void retry() {
        roomAwaited = false;
        Waiting first;
        while ((first = waiting.peek()) != null) {
            if (!tryFirst(first)) {
                awaitRoom();
                return;
            }
        }
    }

    private boolean tryFirst(Waiting first) {
        boolean failed = true;
        boolean done = false;
        try {
            done = first.request.tryAppend(first.slot, replicas);
            failed = false;
            return done;
        } finally {
            if (done || failed) {
                waiting.remove();
                replicas.deadlines().cancel(first.deadline);
            }
            if (failed && !waiting.isEmpty()) {
                // The loop reports what was thrown; it concerns one request and must not keep the others waiting.
                roomAwaited = true;
                loop.post(this::retry);
            }
        }
    }

    /** Appends that had to wait since the start. */
    long waits() {
        return waits;
    }

    /** Appends that gave up. */
    long expired() {
        return expired;
    }

    /** Appends that wait for room. */
    int size() {
        return waiting.size();
    }
}
