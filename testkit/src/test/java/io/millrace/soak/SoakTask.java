package io.millrace.soak;

import java.util.concurrent.atomic.AtomicLong;

/** One part of the load, on a thread of its own: does its step again and again until it is stopped. */
abstract class SoakTask {

    /** What follows a failed step: clients retry by themselves, so this is rare. */
    private static final long AFTER_FAILURE_MS = 1_000;

    private final String name;
    private final Thread thread;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile boolean stopping;

    SoakTask(String name) {
        this.name = name;
        this.thread = new Thread(this::run, name);
    }

    final void start() {
        thread.start();
    }

    final void stop() {
        stopping = true;
    }

    final boolean isStopping() {
        return stopping;
    }

    final void join() throws InterruptedException {
        thread.join();
    }

    /** Counts what was achieved. */
    final void did(long count) {
        done.addAndGet(count);
    }

    /** Counts what a client gave up. */
    final void failed(Throwable cause) {
        if (failures.incrementAndGet() <= 10) {
            System.err.println(name + ": " + cause);
        }
    }

    /** Whether it achieved something and failed at next to nothing. */
    final boolean isGood() {
        return done.get() > 0 && failures.get() * 1_000 <= done.get();
    }

    final String report() {
        return "load=" + name + " done=" + done + " failed=" + failures;
    }

    private void run() {
        while (!stopping) {
            try {
                step();
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                failed(e);
                sleep(AFTER_FAILURE_MS);
            }
        }
    }

    /** Some seconds of work, with clients that it closes. */
    abstract void step() throws Exception;

    /** Pauses; at once over when the load stops. */
    final void sleep(long ms) {
        long left = ms;
        while (left > 0 && !stopping) {
            long part = Math.min(left, 200);
            try {
                Thread.sleep(part);
            } catch (InterruptedException e) {
                stopping = true;
            }
            left -= part;
        }
    }
}
