package io.millrace.client.consumer;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/** What the loop and other threads send to the polling thread. Fetched bytes are bounded by {@code prefetchBytes}, signals by one each. */
final class WakeupQueue {

    private final BlockingQueue<FetchEvent> events = new LinkedBlockingQueue<>();
    private final AtomicBoolean wakeupQueued = new AtomicBoolean();
    private final AtomicBoolean groupQueued = new AtomicBoolean();

    BlockingQueue<FetchEvent> events() {
        return events;
    }

    /** From any thread. */
    void wakeup() {
        if (wakeupQueued.compareAndSet(false, true)) {
            events.add(new FetchEvent.Wakeup());
        }
    }

    /** From the loop. */
    void groupChanged() {
        if (groupQueued.compareAndSet(false, true)) {
            events.add(new FetchEvent.GroupChanged());
        }
    }

    /** The polling thread took this event; returns what that means for the poll. */
    PartitionReading.End taken(FetchEvent event) {
        return switch (event) {
            case FetchEvent.Wakeup ignored -> {
                wakeupQueued.set(false);
                yield PartitionReading.End.WOKEN;
            }
            case FetchEvent.GroupChanged ignored -> {
                groupQueued.set(false);
                yield PartitionReading.End.GROUP_CHANGED;
            }
            case FetchEvent.Fetched ignored -> PartitionReading.End.POLLED;
            case FetchEvent.OutOfRange ignored -> PartitionReading.End.POLLED;
            case FetchEvent.CreatedAgain ignored -> PartitionReading.End.POLLED;
            case FetchEvent.Failed ignored -> PartitionReading.End.POLLED;
        };
    }
}
