package io.millrace.broker.metrics;

import io.millrace.runtime.Clock;
import java.util.ArrayList;
import java.util.List;

/** How long each part of a start took. Told by the starting thread, read from any. */
public final class StartPhases implements MeterSource {

    private static final double NANOS_PER_SECOND = 1e9;

    private record Done(String phase, long tookNs) {}

    private final Clock clock;
    private final long startedNs;
    private long phaseStartedNs;
    private volatile List<Done> done = List.of();

    public StartPhases(Clock clock) {
        this.clock = clock;
        this.startedNs = clock.monotonicNs();
        this.phaseStartedNs = startedNs;
    }

    /** What went on since the last call is over. */
    public void done(String phase) {
        long nowNs = clock.monotonicNs();
        append(phase, nowNs - phaseStartedNs);
        phaseStartedNs = nowNs;
    }

    /** The broker serves. */
    public void allDone() {
        append("total", clock.monotonicNs() - startedNs);
    }

    private void append(String phase, long tookNs) {
        List<Done> grown = new ArrayList<>(done);
        grown.add(new Done(phase, tookNs));
        done = List.copyOf(grown);
    }

    @Override
    public void read(Readings into) {
        for (Done each : done) {
            into.add(Meter.START, each.tookNs / NANOS_PER_SECOND, each.phase);
        }
    }
}
