package io.millrace.replication.replica;

import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Timer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Many deadlines behind one timer of the loop that owns them: produce timeouts and parked fetches of a shard. Owned by that
 * loop.
 *
 * <p>A binary heap whose entries know their place, so that cancelling, by far the most common end, takes O(log n) and leaves
 * nothing behind. The timer is only moved when a deadline comes before it; when it fires early it is set again.
 */
public final class DeadlineQueue {

    private static final int INITIAL_CAPACITY = 16;

    private final EventLoop loop;
    private Deadline[] heap = new Deadline[INITIAL_CAPACITY];
    private int size;
    private @Nullable Timer timer;
    private long timerAtNs;

    public DeadlineQueue(EventLoop loop) {
        this.loop = loop;
    }

    /** Entries that wait. */
    public int size() {
        return size;
    }

    /** Lets {@code deadline} expire in {@code delayNs} (at least 0). It must not be queued. */
    public void add(Deadline deadline, long delayNs) {
        loop.checkOwned();
        if (deadline.queued()) {
            throw new IllegalStateException("the deadline waits already");
        }
        deadline.atNs = loop.clock().monotonicNs() + delayNs;
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        heap[size] = deadline;
        deadline.index = size;
        size++;
        up(deadline.index);
        if (deadline.index == 0) {
            arm(deadline.atNs);
        }
    }

    /** Takes it out; does nothing when it is not queued. */
    public void cancel(Deadline deadline) {
        loop.checkOwned();
        int index = deadline.index;
        if (index == Deadline.NOT_QUEUED) {
            return;
        }
        deadline.index = Deadline.NOT_QUEUED;
        size--;
        Deadline last = heap[size];
        clear(size);
        if (last != deadline) {
            place(last, index);
            up(index);
            down(last.index);
        }
    }

    private void arm(long atNs) {
        Timer present = timer;
        if (present != null) {
            if (timerAtNs - atNs <= 0) {
                return;
            }
            present.cancel();
        }
        timerAtNs = atNs;
        timer = loop.schedule(Math.max(0, atNs - loop.clock().monotonicNs()), this::fire);
    }

    private void fire() {
        timer = null;
        long nowNs = loop.clock().monotonicNs();
        try {
            while (size > 0 && heap[0].atNs - nowNs <= 0) {
                Deadline due = heap[0];
                cancel(due);
                due.expire();
            }
        } finally {
            // What one of them throws is the loop's to report; the others, overdue ones too, still get their turn.
            if (size > 0) {
                arm(heap[0].atNs);
            }
        }
    }

    private void up(int from) {
        Deadline moved = heap[from];
        int index = from;
        while (index > 0) {
            int parent = (index - 1) >>> 1;
            if (heap[parent].atNs - moved.atNs <= 0) {
                break;
            }
            place(heap[parent], index);
            index = parent;
        }
        place(moved, index);
    }

    private void down(int from) {
        Deadline moved = heap[from];
        int index = from;
        while (true) {
            int child = 2 * index + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && heap[child + 1].atNs - heap[child].atNs < 0) {
                child++;
            }
            if (moved.atNs - heap[child].atNs <= 0) {
                break;
            }
            place(heap[child], index);
            index = child;
        }
        place(moved, index);
    }

    private void place(Deadline deadline, int index) {
        heap[index] = deadline;
        deadline.index = index;
    }

    @SuppressWarnings("NullAway") // The slots behind size are never read.
    private void clear(int index) {
        heap[index] = null;
    }
}
