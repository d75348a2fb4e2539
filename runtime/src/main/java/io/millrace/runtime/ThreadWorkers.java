package io.millrace.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

/**
 * Workers that are a few daemon threads behind one bounded queue, started with the first work: a broker that never needs them has
 * none. Thread-safe; the lock guards the start and the end, and no other is taken under it.
 */
public final class ThreadWorkers implements Workers, AutoCloseable {

    private final String name;
    private final int threadCount;
    private final BlockingQueue<Runnable> queue;
    private final Consumer<Throwable> failed;
    private final Object guard = new Object();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean started;
    private volatile boolean closed;

    /** The last work of a thread. */
    private record End() implements Runnable {
        @Override
        public void run() {}
    }

    /**
     * @param name of the threads, a number added
     * @param threadCount at least 1
     * @param queueCapacity work that may wait, at least 1
     * @param failed told, on the worker, what work threw: a defect, after which the worker goes on
     */
    public ThreadWorkers(String name, int threadCount, int queueCapacity, Consumer<Throwable> failed) {
        if (threadCount < 1 || queueCapacity < 1) {
            throw new IllegalArgumentException(
                    "workers need at least 1 thread and room for 1, not " + threadCount + " and " + queueCapacity);
        }
        this.name = name;
        this.threadCount = threadCount;
        this.failed = failed;
        this.queue = new ArrayBlockingQueue<>(queueCapacity);
    }

    @Override
    public boolean offer(Runnable work) {
        if (!started) {
            start();
        }
        return !closed && queue.offer(work);
    }

    private void start() {
        synchronized (guard) {
            if (started || closed) {
                return;
            }
            for (int i = 0; i < threadCount; i++) {
                threads.add(
                        Thread.ofPlatform().name(name + "-" + i).daemon(true).start(this::work));
            }
            started = true;
        }
    }

    private void work() {
        while (true) {
            Runnable next;
            try {
                next = queue.take();
            } catch (InterruptedException e) {
                continue; // nobody may interrupt a worker; a stray interrupt must not end it
            }
            if (next instanceof End) {
                return;
            }
            try {
                next.run();
            } catch (Throwable failure) { // the edge of this thread
                failed.accept(failure);
            }
        }
    }

    /** Work that waits now. */
    public int queued() {
        return queue.size();
    }

    /** Takes no more, lets what is queued run, and waits for it; from a thread that no work posts to. */
    @Override
    public void close() {
        synchronized (guard) {
            closed = true;
            boolean interrupted = false;
            for (int left = threads.size(); left > 0; ) {
                try {
                    queue.put(new End());
                    left--;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            for (Thread thread : threads) {
                interrupted |= !joined(thread);
            }
            threads.clear();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits until the thread ended; false when it was interrupted meanwhile. */
    private static boolean joined(Thread thread) {
        boolean undisturbed = true;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                undisturbed = false;
            }
        }
        return undisturbed;
    }
}
