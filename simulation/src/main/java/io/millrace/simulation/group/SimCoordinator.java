package io.millrace.simulation.group;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.coordinator.group.ActiveGroups;
import io.millrace.broker.coordinator.group.GroupPartition;
import io.millrace.broker.coordinator.group.state.GroupMemory;
import io.millrace.broker.coordinator.group.state.GroupState;
import io.millrace.protocol.ErrorCode;
import io.millrace.replication.replica.DeadlineQueue;
import io.millrace.simulation.SimLoop;
import io.millrace.simulation.SimRandom;
import io.millrace.simulation.SimScheduler;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The broker side: one coordinator partition that is killed, handed over and started again. Owner: the simulation's thread. */
final class SimCoordinator {

    private final SimScheduler scheduler;
    private final SimLoop loop;
    private final SimRandom random;
    private final SimOffsetsLog log;
    private final GroupConfig config;
    private @Nullable GroupPartition partition;
    private int incarnation;

    SimCoordinator(SimScheduler scheduler, SimLoop loop, SimRandom random, SimOffsetsLog log, GroupConfig config) {
        this.scheduler = scheduler;
        this.loop = loop;
        this.random = random;
        this.log = log;
        this.config = config;
    }

    void start() {
        incarnation++;
        GroupPartition started = new GroupPartition(
                loop, new DeadlineQueue(loop), log.lead(), config, random.split(), GroupMemory.unbounded());
        partition = started;
        loop.runNow(started::load);
    }

    /** The process is gone: nobody it owed an answer gets one. */
    void kill() {
        incarnation++;
        log.kill();
        stop();
    }

    /** Leadership moves: who waits is told. */
    void resign() {
        stop();
        log.lead();
    }

    private void stop() {
        GroupPartition stopped = partition;
        partition = null;
        if (stopped != null) {
            loop.runNow(stopped::close);
        }
    }

    boolean isUp() {
        return partition != null;
    }

    /** A request arrives; its answer may be dropped by the network between {@code served} and the member. */
    void serve(Consumer<ActiveGroups> served, Consumer<ErrorCode> refused) {
        GroupPartition serving = partition;
        if (serving == null) {
            refused.accept(ErrorCode.NOT_COORDINATOR);
            return;
        }
        loop.runNow(() -> {
            ActiveGroups active = serving.active();
            if (active == null) {
                refused.accept(serving.unavailable());
            } else {
                served.accept(active);
            }
        });
    }

    /** Changes with every kill: answers of an earlier one are not delivered. */
    int incarnation() {
        return incarnation;
    }

    /** The state in memory is what the log comes to: nothing changes outside of replay. */
    void checkState() {
        GroupPartition serving = partition;
        if (serving == null) {
            return;
        }
        loop.runNow(() -> {
            ActiveGroups active = serving.active();
            if (active != null) {
                GroupState replayed = log.replayed();
                if (!active.state().equals(replayed) || active.state().digest() != replayed.digest()) {
                    throw new GroupViolation("the state in memory is not what the log comes to at " + scheduler.nowNs()
                            + " ns: " + active.state() + " instead of " + replayed);
                }
            }
        });
    }
}
