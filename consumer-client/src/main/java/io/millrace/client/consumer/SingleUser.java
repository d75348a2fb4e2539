package io.millrace.client.consumer;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Lets one thread in at a time, and that one again from within a callback. Another one is refused, not made to wait. */
final class SingleUser {

    private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();
    private int depth; // only the user's

    @SuppressWarnings("ReferenceEquality") // the thread itself
    void enter() {
        Thread other = user.compareAndExchange(null, Thread.currentThread());
        if (other != null && other != Thread.currentThread()) {
            throw new IllegalStateException("this consumer is in use by thread " + other.getName()
                    + ": use it from one thread at a time, or give each its own");
        }
        depth++;
    }

    void leave() {
        depth--;
        if (depth == 0) {
            user.set(null);
        }
    }
}
