package io.millrace.storage.engine;

import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Timer;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskLane;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a directory has room for what clients send. Owned by the store's loop. Full means that less is free than the journal
 * still needs as segments plus a reserve, or that a write failed for want of space or of file descriptors; the rest of it, and
 * fetch, delete and retention, go on. While full it asks again every second, and lets what waited for space try again; it ends
 * only with a tenth more than the bound and with some descriptors to spare, so that it does not flap.
 */
final class SpaceGuard {

    private static final long PROBE_NS = 1_000_000_000L;

    private static final String RESUMES = "; produce resumes by itself";

    /** Told when the state changes. */
    @FunctionalInterface
    interface Changed {

        /**
         * Room is short, or there is room again.
         *
         * @param refusal what, why, what to do; null when there is room again
         */
        void changed(@Nullable String refusal);
    }

    private final EventLoop loop;
    private final DiskLane lane;
    private final SpaceProbe probe;
    private final Path directory;
    private final long reserveBytes;
    private final LongSupplier unwrittenBytes;
    private final Changed changed;
    private final Runnable retry;
    private @Nullable String refusal;
    private boolean closed;
    private boolean asking;
    private long lastUsableBytes = Long.MAX_VALUE;
    private @Nullable Timer timer;

    /**
     * @param unwrittenBytes what only the journal has and segments have still to take
     * @param retry told each time that it asked and found too little: smaller writes may fit already
     */
    SpaceGuard(
            EventLoop loop,
            DiskLane lane,
            SpaceProbe probe,
            Path directory,
            long reserveBytes,
            LongSupplier unwrittenBytes,
            Changed changed,
            Runnable retry) {
        this.loop = loop;
        this.lane = lane;
        this.probe = probe;
        this.directory = directory;
        this.reserveBytes = reserveBytes;
        this.unwrittenBytes = unwrittenBytes;
        this.changed = changed;
        this.retry = retry;
    }

    boolean isFull() {
        return refusal != null;
    }

    /** What to answer to clients' produce; null when there is room. */
    @Nullable
    String refusal() {
        return refusal;
    }

    /** A write found no space, or no free file descriptor. */
    void blocked(DiskException cause) {
        become(
                cause.kind() == DiskException.Kind.TOO_MANY_OPEN_FILES
                        ? "too many open files (" + cause.getMessage()
                                + "): raise the limit (ulimit -n) or close connections" + RESUMES
                        : "the disk of " + directory + " is full (" + cause.getMessage() + "): free some space"
                                + RESUMES);
    }

    /** Whether so much is enough, with which clients are taken again if they were refused. */
    boolean hasRoom(long bytes) {
        return bytes >= neededBytes() + reserveBytes / 10;
    }

    /**
     * Why something that takes so much beside the reserve does not fit, by what was free when last seen; null when it does. Asks
     * anew then: a client that tries again is answered by what is free now.
     */
    @Nullable
    String refusalOf(long bytes) {
        if (bytes == 0 || closed || lastUsableBytes >= neededBytes() + bytes) {
            return null;
        }
        if (!asking) {
            asking = true;
            lane.submit(probe::usableBytes, (usable, failure) -> {
                asking = false;
                if (usable != null) {
                    usable(usable);
                }
            });
        }
        return "the disk of " + directory + " is nearly full (" + lastUsableBytes + " bytes are free): a batch as large"
                + " as this needs " + bytes
                + " more for a larger file of the journal, beside a reserve: free some space";
    }

    private long neededBytes() {
        return unwrittenBytes.getAsLong() + reserveBytes;
    }

    void usable(long bytes) {
        lastUsableBytes = bytes;
        long needed = neededBytes();
        if (bytes < needed) {
            become("the disk of " + directory + " is nearly full (" + bytes + " bytes are free, " + needed
                    + " are needed: a reserve, and for what the journal holds): free some space" + RESUMES);
        } else if (refusal != null && hasRoom(bytes)) {
            become(null);
        }
    }

    /** The first cause stays until there is room: one fault, told once. */
    private void become(@Nullable String cause) {
        if ((refusal == null) != (cause == null)) {
            refusal = cause;
            changed.changed(cause);
        }
        probeLater();
    }

    private void probeLater() {
        if (refusal != null && timer == null && !closed) {
            timer = loop.schedule(PROBE_NS, this::probe);
        }
    }

    private void probe() {
        timer = null;
        if (refusal != null && !closed) {
            lane.submit(probe::usableBytesWithSpareFiles, this::probed);
        }
    }

    private void probed(@Nullable Long usable, @Nullable DiskException failure) {
        if (usable != null) {
            usable(usable);
        }
        if (refusal != null) {
            // What the journal needs falls only when some of it is written.
            retry.run();
            probeLater();
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
