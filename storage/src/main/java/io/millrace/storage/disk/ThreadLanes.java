package io.millrace.storage.disk;

import io.millrace.runtime.EventLoop;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lanes that are threads: one per dedicated lane, one per log directory for write-behind, a few for the pool. Thread-safe. */
public final class ThreadLanes implements DiskLanes {

    private final int poolThreads;
    // Guards the map and the flag; held only while a lane is made or the lanes end.
    private final Object guard = new Object();
    private final Map<String, LaneThreads> threads = new LinkedHashMap<>();
    private boolean closed;

    /** @param poolThreads at least 1 */
    public ThreadLanes(int poolThreads) {
        if (poolThreads < 1) {
            throw new IllegalArgumentException("the I/O pool needs at least 1 thread, not " + poolThreads);
        }
        this.poolThreads = poolThreads;
    }

    @Override
    public DiskLane dedicated(String name, EventLoop owner) {
        return new ThreadLane(threads("lane-" + name, 1), owner);
    }

    @Override
    public DiskLane writeBehind(Path directory, EventLoop owner) {
        return new ThreadLane(threads("write-behind-" + directory, 1), owner);
    }

    @Override
    public DiskLane pool(EventLoop owner) {
        return new ThreadLane(threads("disk-pool", poolThreads), owner);
    }

    private LaneThreads threads(String name, int count) {
        synchronized (guard) {
            if (closed) {
                throw new IllegalStateException("lanes are closed");
            }
            return threads.computeIfAbsent(name, key -> LaneThreads.start(key, count));
        }
    }

    @Override
    public void close() {
        synchronized (guard) {
            closed = true;
            threads.values().forEach(LaneThreads::finish);
        }
    }
}
