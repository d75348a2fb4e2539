package io.millrace.broker.shard;

import io.millrace.broker.request.RequestContext;
import io.millrace.runtime.EventLoop;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the slots of a scattered request back in. Each slot is done exactly once, on the loop of its shard; what it wrote
 * before is visible to the task that runs at the end.
 */
public final class SlotGather {

    private final EventLoop home;
    private final Runnable finished;
    private final AtomicInteger missing;

    /**
     * @param slots at least 1
     * @param finished runs once, on {@code home}, perhaps within the last {@link #slotDone()}
     */
    public SlotGather(EventLoop home, int slots, Runnable finished) {
        this.home = home;
        this.finished = finished;
        this.missing = new AtomicInteger(slots);
    }

    /**
     * Of a request: {@code finished} runs on its connection's loop, and breaks it when it throws.
     *
     * @param slots at least 1
     */
    public SlotGather(RequestContext request, int slots, Runnable finished) {
        this(request.loop(), slots, request.guarded(finished));
    }

    public void slotDone() {
        if (missing.decrementAndGet() == 0) {
            Shards.onLoop(home, finished);
        }
    }
}
