package io.millrace.storage.disk;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A queue of disk jobs and the threads that empty it; with one thread jobs run in order. The queue wakes a thread only when
 * it was empty. Nobody interrupts these threads: an interrupt closes the file channel it hits.
 */
final class LaneThreads {

    /** Far above what the engine keeps in flight; reaching it means that someone submits without waiting for outcomes. */
    private static final int MAX_QUEUED_JOBS = 1 << 16;

    private final String name;
    private final BlockingQueue<Runnable> jobs = new LinkedBlockingQueue<>(MAX_QUEUED_JOBS);
    private final List<Thread> threads = new ArrayList<>();

    /** The last job of a thread. */
    private record End() implements Runnable {
        @Override
        public void run() {}
    }

    private LaneThreads(String name) {
        this.name = name;
    }

    static LaneThreads start(String name, int count) {
        LaneThreads lane = new LaneThreads(name);
        for (int i = 0; i < count; i++) {
            Thread thread = Thread.ofPlatform()
                    .name("millrace-" + name + (count == 1 ? "" : "-" + i))
                    .daemon(true)
                    .unstarted(lane::runJobs);
            lane.threads.add(thread);
        }
        lane.threads.forEach(Thread::start);
        return lane;
    }

    void queue(Runnable job) {
        if (!jobs.offer(job)) {
            throw new IllegalStateException("lane " + name + " has " + MAX_QUEUED_JOBS + " jobs queued");
        }
    }

    private void runJobs() {
        while (true) {
            Runnable job;
            try {
                job = jobs.take();
            } catch (InterruptedException e) {
                // Nobody may interrupt a lane; a stray interrupt must not end it with jobs queued.
                continue;
            }
            if (job instanceof End) {
                return;
            }
            job.run();
        }
    }

    /** Lets queued jobs run, then ends the threads and waits for them. */
    void finish() {
        for (int i = 0; i < threads.size(); i++) {
            queue(new End());
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
