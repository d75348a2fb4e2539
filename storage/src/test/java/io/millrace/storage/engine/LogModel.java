package io.millrace.storage.engine;

import io.millrace.protocol.Uuid;
import io.millrace.storage.LogIdentity;
import java.util.ArrayList;
import java.util.List;

/** What one partition was told, and every state that a power loss may take it back to. */
final class LogModel {

    /** Values by offset, from {@code base}; those below {@code start} may be gone. */
    record State(boolean exists, Uuid topicId, long start, long base, List<String> values) {
        @Override
        public String toString() {
            return (exists ? "" : "no ") + start + ".." + end();
        }

        long end() {
            return base + values.size();
        }

        String at(long offset) {
            return values.get((int) (offset - base));
        }
    }

    final int partition;
    private int incarnation;
    private boolean exists;
    private long start;
    private long base;
    private final List<String> values = new ArrayList<>();
    private final List<Long> batchBases = new ArrayList<>();
    final List<State> states = new ArrayList<>();

    LogModel(int partition) {
        this.partition = partition;
        note();
    }

    LogIdentity identity() {
        return new LogIdentity(new Uuid(7 + partition, incarnation), "t", partition);
    }

    State now() {
        return new State(exists, identity().topicId(), start, base, List.copyOf(values));
    }

    private void note() {
        states.add(now());
    }

    void settled() {
        states.clear();
        note();
    }

    void created() {
        exists = true;
        reset(0);
    }

    void appended(List<String> batch) {
        batchBases.add(base + values.size());
        values.addAll(batch);
        note();
    }

    /** A truncation takes the batch that holds {@code to} as a whole; returns the end that it leaves. */
    long truncated(long to) {
        long end = base + values.size();
        if (to <= start && to < end) {
            reset(to);
            return to;
        }
        while (end > to && !batchBases.isEmpty()) {
            end = batchBases.removeLast();
        }
        if (end < start) {
            reset(end);
            return end;
        }
        while (base + values.size() > end) {
            values.removeLast();
        }
        note();
        return end;
    }

    List<Long> batchBases() {
        return batchBases;
    }

    void reset(long offset) {
        start = offset;
        base = offset;
        values.clear();
        batchBases.clear();
        note();
    }

    void logStart(long offset) {
        start = offset;
        note();
    }

    void deleted() {
        exists = false;
        note();
        incarnation++;
        values.clear();
        batchBases.clear();
    }

    /** A power loss went back to this. */
    void becomes(State state, List<Long> bases) {
        exists = state.exists();
        start = state.start();
        base = state.base();
        values.clear();
        values.addAll(state.values());
        batchBases.clear();
        batchBases.addAll(bases);
        if (exists) {
            incarnation = (int) state.topicId().leastSignificantBits();
        }
        settled();
    }
}
