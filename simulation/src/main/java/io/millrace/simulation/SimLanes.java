package io.millrace.simulation;

import io.millrace.runtime.EventLoop;
import io.millrace.storage.disk.DiskLane;
import io.millrace.storage.disk.DiskLanes;
import java.nio.file.Path;
import java.util.TreeMap;

/** The lanes of one simulated process: the same threads as in production, on virtual time. Owned by the simulation's thread. */
public final class SimLanes implements DiskLanes {

    private static final int POOL_THREADS = 3;

    private final SimScheduler scheduler;
    private final SimRandom random;
    private final long maxDelayNs;
    private final TreeMap<String, SimJobs> jobs = new TreeMap<>();
    private boolean closed;

    /** @param maxDelayNs longest wait before a job starts, and again before its outcome is posted */
    public SimLanes(SimScheduler scheduler, SimRandom random, long maxDelayNs) {
        this.scheduler = scheduler;
        this.random = random;
        this.maxDelayNs = maxDelayNs;
    }

    @Override
    public DiskLane dedicated(String name, EventLoop owner) {
        return lane("lane-" + name, 1, owner);
    }

    @Override
    public DiskLane writeBehind(Path directory, EventLoop owner) {
        return lane("write-behind-" + directory, 1, owner);
    }

    @Override
    public DiskLane pool(EventLoop owner) {
        return lane("disk-pool", POOL_THREADS, owner);
    }

    private SimLane lane(String name, int threads, EventLoop owner) {
        if (closed) {
            throw new IllegalStateException("lanes are closed");
        }
        if (!(owner instanceof SimLoop loop)) {
            throw new IllegalArgumentException("loop " + owner.name() + " is not simulated");
        }
        SimJobs queue =
                jobs.computeIfAbsent(name, key -> new SimJobs(key, scheduler, random.split(), threads, maxDelayNs));
        return new SimLane(queue, loop);
    }

    /** Whether no job waits or runs, its outcome included. */
    public boolean isIdle() {
        return jobs.values().stream().allMatch(SimJobs::isIdle);
    }

    /** Lets queued jobs run to their end. */
    @Override
    public void close() {
        closed = true;
        while (!isIdle()) {
            if (!scheduler.step()) {
                throw new IllegalStateException("jobs are queued but no event is");
            }
        }
    }
}
