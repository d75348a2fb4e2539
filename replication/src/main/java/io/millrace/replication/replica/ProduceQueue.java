package io.millrace.replication.replica;

import org.jspecify.annotations.Nullable;

/**
 * Appends of one partition that wait for the same mark (high watermark or written end), by ascending end offset. Owned by
 * the shard loop. Bounded by admission: every entry is a request in flight.
 */
final class ProduceQueue {

    private @Nullable PendingProduce first;
    private @Nullable PendingProduce last;
    private int size;

    int size() {
        return size;
    }

    /** New appends go to the end at once; a repeated batch may have to go before later ones. */
    void add(PendingProduce pending) {
        PendingProduce before = last;
        while (before != null && before.endOffset > pending.endOffset) {
            before = before.previous;
        }
        pending.queue = this;
        pending.previous = before;
        pending.next = before == null ? first : before.next;
        if (pending.previous == null) {
            first = pending;
        } else {
            pending.previous.next = pending;
        }
        if (pending.next == null) {
            last = pending;
        } else {
            pending.next.previous = pending;
        }
        size++;
    }

    void remove(PendingProduce pending) {
        if (pending.queue != this) {
            throw new IllegalStateException(pending + " does not wait here");
        }
        if (pending.previous == null) {
            first = pending.next;
        } else {
            pending.previous.next = pending.next;
        }
        if (pending.next == null) {
            last = pending.previous;
        } else {
            pending.next.previous = pending.previous;
        }
        pending.queue = null;
        pending.previous = null;
        pending.next = null;
        size--;
    }

    /** Takes the first entry if it ends at or below {@code endOffset}. */
    @Nullable
    PendingProduce pollUpTo(long endOffset) {
        PendingProduce head = first;
        if (head == null || head.endOffset > endOffset) {
            return null;
        }
        remove(head);
        return head;
    }
}
