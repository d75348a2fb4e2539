package io.millrace.storage.engine;

import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Timer;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskLane;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a directory has room for what clients send. Owned by the store's loop. Full means that less is free than the journal
 * still needs as segments plus a reserve; the rest of it, and fetch, delete and retention, go on. While full it asks again
 * every second, and lets what waited for space try again; it ends only with a tenth more than the bound, so that it does not
 * flap.
 */
final class SpaceGuard {

    private static final long PROBE_NS = 1_000_000_000L;

    /** Told when the state changes. */
    @FunctionalInterface
    interface Changed {
        void changed(boolean full);
    }

    private final EventLoop loop;
    private final DiskLane lane;
    private final SpaceProbe probe;
    private final long reserveBytes;
    private final LongSupplier unwrittenBytes;
    private final Changed changed;
    private final Runnable retry;
    private boolean full;
    private boolean closed;
    private @Nullable Timer timer;

    /**
     * @param unwrittenBytes what only the journal has and segments have still to take
     * @param retry told each time that it asked and found too little: smaller writes may fit already
     */
    SpaceGuard(
            EventLoop loop,
            DiskLane lane,
            SpaceProbe probe,
            long reserveBytes,
            LongSupplier unwrittenBytes,
            Changed changed,
            Runnable retry) {
        this.loop = loop;
        this.lane = lane;
        this.probe = probe;
        this.reserveBytes = reserveBytes;
        this.unwrittenBytes = unwrittenBytes;
        this.changed = changed;
        this.retry = retry;
    }

    boolean isFull() {
        return full;
    }

    /** A write found no space. */
    void full() {
        become(true);
    }

    void usable(long bytes) {
        long needed = unwrittenBytes.getAsLong() + reserveBytes;
        if (bytes < needed) {
            become(true);
        } else if (full && bytes >= needed + reserveBytes / 10) {
            become(false);
        }
    }

    private void become(boolean nowFull) {
        if (full != nowFull) {
            full = nowFull;
            changed.changed(nowFull);
        }
        if (full && timer == null && !closed) {
            timer = loop.schedule(PROBE_NS, this::probe);
        }
    }

    private void probe() {
        timer = null;
        if (full && !closed) {
            lane.submit(probe::usableBytes, this::probed);
        }
    }

    private void probed(@Nullable Long usable, @Nullable DiskException failure) {
        if (usable != null) {
            usable(usable);
        }
        if (full) {
            // What the journal needs falls only when some of it is written.
            retry.run();
            become(true);
        }
    }

    void close() {
        closed = true;
        Timer running = timer;
        timer = null;
        if (running != null) {
            running.cancel();
        }
    }
}
