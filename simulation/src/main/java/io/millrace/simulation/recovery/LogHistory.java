package io.millrace.simulation.recovery;

import io.millrace.storage.LogIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Everything that happened to one log, in order, and how much of it was reported durable. Recovery must find the log as it
 * was after some prefix of the events that holds all durable ones.
 */
final class LogHistory {

    private final LogIdentity identity;
    private final List<LogEvent> events = new ArrayList<>();
    private final WorkloadShape.Compaction compaction;
    private ModelLog now;
    private int durableEvents;
    private int writtenEvents;
    // Up to here even moves of the log start are durable.
    private int stoppedEvents;
    private long highestWatermark;

    LogHistory(LogIdentity identity, WorkloadShape.Compaction compaction) {
        this.identity = identity;
        this.compaction = compaction;
        this.now = new ModelLog(compaction);
    }

    LogIdentity identity() {
        return identity;
    }

    /** The log as memory has it. */
    ModelLog now() {
        return now;
    }

    /** Whether its delete was asked for. */
    boolean isDeleted() {
        return !now.exists();
    }

    /** Whether its delete was reported done. */
    boolean isDeletedDurably() {
        return isDeleted() && durableEvents == events.size();
    }

    int eventCount() {
        return events.size();
    }

    int durableEvents() {
        return durableEvents;
    }

    int writtenEvents() {
        return writtenEvents;
    }

    void add(LogEvent event) {
        events.add(event);
        now.apply(event);
    }

    void highWatermark(long offset) {
        highestWatermark = Math.max(highestWatermark, offset);
    }

    long highestWatermark() {
        return highestWatermark;
    }

    /** The store said that everything below {@code endOffset} survives power loss: then so does the event that put it there. */
    void syncedTo(long endOffset) {
        durableEvents = Math.max(durableEvents, eventBelow("synced", endOffset));
        writtenEvents = Math.max(writtenEvents, durableEvents);
    }

    /** The store said that everything below {@code endOffset} survives a killed process. */
    void writtenTo(long endOffset) {
        writtenEvents = Math.max(writtenEvents, eventBelow("written", endOffset));
    }

    private int eventBelow(String what, long endOffset) {
        if (endOffset > now.endOffset()) {
            throw new Violation(identity + ": " + what + " end " + endOffset + " above log end " + now.endOffset());
        }
        List<ModelBatch> batches = now.batches();
        for (int i = batches.size() - 1; i >= 0; i--) {
            if (batches.get(i).endOffset() <= endOffset) {
                return batches.get(i).event();
            }
        }
        return 0;
    }

    /** A delete was reported done, or the store stopped cleanly. */
    void allDurable() {
        durableEvents = events.size();
        writtenEvents = durableEvents;
        stoppedEvents = durableEvents;
    }

    /** A killed process was started again and found this: what came later never happened, the rest is durable. */
    void restartedAs(FoundLog found, int eventCount) {
        events.subList(eventCount, events.size()).clear();
        // Moves of the log start that were lost, though events behind them were not, change nothing; their numbers
        // stay.
        events.replaceAll(event -> event instanceof LogEvent.StartMoved(long offset) && offset > found.startOffset()
                ? new LogEvent.StartMoved(found.startOffset())
                : event);
        now = after(eventCount);
        if (now.exists() && now.startOffset() < found.startOffset()) {
            add(new LogEvent.StartMoved(found.startOffset()));
        }
        allDurable();
    }

    /**
     * The longest prefix of at least {@code from} and at most {@code to} events after which the log is as found; -1 when there
     * is none.
     */
    int prefixFor(FoundLog found, int from, int to) {
        ModelLog state = new ModelLog(compaction);
        Set<Long> starts = new TreeSet<>();
        for (LogEvent event : events.subList(0, to)) {
            if (event instanceof LogEvent.StartMoved(long offset)) {
                starts.add(offset);
            }
        }
        long leastStart = after(stoppedEvents).startOffset();
        int match = -1;
        for (int i = 0; i <= to; i++) {
            if (i > 0) {
                state.apply(events.get(i - 1));
            }
            if (i >= from && state.sameAfterCrash(found, Math.min(leastStart, state.startOffset()), starts)) {
                match = i;
            }
        }
        return match;
    }

    /** For people. */
    String lastEvents(int count) {
        int from = Math.max(0, events.size() - count);
        StringBuilder text = new StringBuilder();
        for (int i = from; i < events.size(); i++) {
            String event = switch (events.get(i)) {
                case LogEvent.Appended(ModelBatch batch) -> "append " + batch;
                default -> events.get(i).toString();
            };
            text.append(i + 1).append(": ").append(event).append("; ");
        }
        return text.toString();
    }

    ModelLog after(int eventCount) {
        ModelLog state = new ModelLog(compaction);
        for (int i = 0; i < eventCount; i++) {
            state.apply(events.get(i));
        }
        return state;
    }
}
