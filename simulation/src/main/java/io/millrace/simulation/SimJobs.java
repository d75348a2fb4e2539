package io.millrace.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * The simulated threads behind one or more lanes: each job starts after a seeded delay and its outcome leaves after another,
 * so that loop tasks and other lanes run in between.
 *
 * <p>A job runs whole in one event: it may touch nothing that belongs to a loop, so finer steps would show nothing more. A
 * power cut still falls between any two disk operations of a job, because the disk counts those.
 */
final class SimJobs {

    private static final int MAX_QUEUED_JOBS = 1 << 16;

    private final String name;
    private final SimScheduler scheduler;
    private final SimRandom random;
    private final long maxDelayNs;
    private final int threads;
    private final Deque<Supplier<Runnable>> waiting = new ArrayDeque<>();
    private int running;

    /**
     * @param threads 1 keeps jobs in order
     * @param maxDelayNs longest wait before a job starts, and again before its outcome leaves
     */
    SimJobs(String name, SimScheduler scheduler, SimRandom random, int threads, long maxDelayNs) {
        this.name = name;
        this.scheduler = scheduler;
        this.random = random;
        this.threads = threads;
        this.maxDelayNs = maxDelayNs;
    }

    String name() {
        return name;
    }

    boolean isIdle() {
        return running == 0 && waiting.isEmpty();
    }

    /** @param job runs the work and answers how to hand out its outcome */
    void add(Supplier<Runnable> job) {
        if (waiting.size() >= MAX_QUEUED_JOBS) {
            throw new IllegalStateException("lane " + name + " has " + MAX_QUEUED_JOBS + " jobs queued");
        }
        waiting.add(job);
        startNext();
    }

    private void startNext() {
        if (running >= threads) {
            return;
        }
        Supplier<Runnable> job = waiting.poll();
        if (job == null) {
            return;
        }
        running++;
        scheduler.after(delayNs(), name, () -> {
            Runnable outcome = job.get();
            scheduler.after(delayNs(), name, () -> {
                running--;
                outcome.run();
                startNext();
            });
        });
    }

    private long delayNs() {
        // Most answers come fast and some late: both orders of any two lanes are then common.
        return random.oneIn(8) ? random.between(0L, maxDelayNs) : random.between(0L, maxDelayNs / 16);
    }
}
