package io.millrace.simulation.group;

import io.millrace.broker.coordinator.group.ActiveGroups;
import io.millrace.protocol.ErrorCode;
import io.millrace.runtime.Timer;
import io.millrace.simulation.SimRandom;
import io.millrace.simulation.SimScheduler;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one member: requests arrive in order after a while, or never; so do answers. A call that is not answered in
 * time ends the connection, and what was still under way on it is lost. Owner: the simulation's thread.
 */
final class SimLink {

    private static final long MAX_DELAY_NS = 40_000_000;
    private static final long MAX_LONG_DELAY_NS = 6_000_000_000L;

    private final SimScheduler scheduler;
    private final SimRandom random;
    private final SimCoordinator coordinator;
    private int lossPercent;
    private long lastArrivalNs;
    private int connection;

    SimLink(SimScheduler scheduler, SimRandom random, SimCoordinator coordinator, int lossPercent) {
        this.scheduler = scheduler;
        this.random = random;
        this.coordinator = coordinator;
        this.lossPercent = lossPercent;
    }

    void heal() {
        lossPercent = 0;
    }

    /** Drops the connection: neither requests nor answers under way arrive. */
    void cut() {
        connection++;
        lastArrivalNs = 0;
    }

    /**
     * Calls the coordinator.
     *
     * @param late whether the request may arrive after its connection has ended and others on the next one have: not so for
     *     commits, of which the coordinator cannot tell which one is older
     * @param work gives its answer once
     * @param refused makes an answer of an error
     * @param done gets the answer, or null when none came in time
     */
    <R> void call(
            long timeoutMs,
            boolean late,
            BiConsumer<ActiveGroups, Consumer<R>> work,
            Function<ErrorCode, R> refused,
            Consumer<@Nullable R> done) {
        Call<R> call = new Call<>(connection, done);
        call.timer = scheduler.after(timeoutMs * 1_000_000, "timeout", () -> {
            if (!call.ended) {
                call.ended = true;
                cut();
                done.accept(null);
            }
        });
        if (random.percent(lossPercent)) {
            return;
        }
        lastArrivalNs = Math.max(lastArrivalNs, scheduler.nowNs() + delayNs());
        scheduler.after(lastArrivalNs - scheduler.nowNs(), "request", () -> {
            if (late || call.connection == connection) {
                int incarnation = coordinator.incarnation();
                coordinator.serve(
                        groups -> work.accept(groups, answer -> answered(call, incarnation, answer)),
                        error -> answered(call, incarnation, refused.apply(error)));
            }
        });
    }

    private <R> void answered(Call<R> call, int incarnation, R answer) {
        call.answers++;
        if (call.answers > 1) {
            throw new GroupViolation("a request was answered twice, the second time with " + answer);
        }
        if (incarnation != coordinator.incarnation() || random.percent(lossPercent)) {
            return;
        }
        scheduler.after(delayNs(), "answer", () -> {
            if (!call.ended && call.connection == connection) {
                call.ended = true;
                if (call.timer != null) {
                    call.timer.cancel();
                }
                call.done.accept(answer);
            }
        });
    }

    private long delayNs() {
        return lossPercent > 0 && random.percent(3)
                ? random.between(0, MAX_LONG_DELAY_NS)
                : random.between(10_000, MAX_DELAY_NS);
    }

    private static final class Call<R> {
        final int connection;
        final Consumer<@Nullable R> done;

        @Nullable
        Timer timer;

        boolean ended;
        int answers;

        Call(int connection, Consumer<@Nullable R> done) {
            this.connection = connection;
            this.done = done;
        }
    }
}
