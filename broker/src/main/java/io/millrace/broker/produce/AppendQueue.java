package io.millrace.broker.produce;

import io.millrace.broker.shard.Shard;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The appends of one shard, in the order in which they arrived: while the tail is full they wait here, and those behind them
 * too, so that no partition's batches change places. Owned by the shard's loop.
 *
 * <p>The network's bounds on requests in flight bound it: at them producers are not read any more, which is how a disk that is
 * slower than its producers slows them down instead of failing them.
 */
final class AppendQueue {

    /** About one sync: the tail gets room when a group is written and its segments are. */
    private static final long RETRY_NS = 500_000;

    private record Waiting(PendingProduce request, int slot, long deadlineNs) {}

    private final Shard shard;
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    AppendQueue(Shard shard) {
        this.shard = shard;
    }

    /** Appends now, or once there is room; gives up when the request's own timeout is over. */
    void append(PendingProduce request, int slot) {
        if (!waiting.isEmpty() || !request.tryAppend(slot, shard)) {
            waiting.add(new Waiting(request, slot, nowNs() + request.timeoutNs()));
            if (waiting.size() == 1) {
                retryLater();
            }
        }
    }

    private void retry() {
        while (!waiting.isEmpty()) {
            Waiting first = waiting.element();
            if (nowNs() - first.deadlineNs() > 0) {
                first.request().giveUp(first.slot());
            } else if (!first.request().tryAppend(first.slot(), shard)) {
                retryLater();
                return;
            }
            waiting.remove();
        }
    }

    private void retryLater() {
        shard.loop().schedule(RETRY_NS, this::retry);
    }

    private long nowNs() {
        return shard.loop().clock().monotonicNs();
    }
}
