package io.millrace.simulation;

import io.millrace.runtime.Clock;
import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Timer;

/**
 * An event loop on virtual time. A task that throws ends the simulation: in a test an escaped exception is a finding, not
 * something to log and survive. Owned by its {@link SimScheduler}.
 */
public final class SimLoop implements EventLoop {

    private final String name;
    private final SimScheduler scheduler;

    public SimLoop(String name, SimScheduler scheduler) {
        this.name = name;
        this.scheduler = scheduler;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Clock clock() {
        return scheduler.clock();
    }

    @Override
    public void post(Runnable task) {
        scheduler.after(0, name, () -> scheduler.runAs(this, task));
    }

    @Override
    public Timer schedule(long delayNs, Runnable task) {
        return scheduler.after(delayNs, name, () -> scheduler.runAs(this, task));
    }

    @Override
    public boolean isOwner() {
        return scheduler.running() == this;
    }

    /** Runs {@code task} as this loop, now: for code outside of any event, such as a test's set-up. */
    public void runNow(Runnable task) {
        scheduler.runAs(this, task);
    }
}
