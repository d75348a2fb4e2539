package io.millrace.simulation.recovery;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The naive log: a list of batches and two offsets. What a log is after a given sequence of {@link LogEvent}s. */
final class ModelLog {

    private final WorkloadShape.Compaction compaction;
    private boolean exists;
    private long startOffset;
    private long endOffset;
    // Every start that was asked for since the last reset: a move may reach the journal after batches that came later.
    private final TreeSet<Long> starts = new TreeSet<>(List.of(0L));
    private final List<ModelBatch> batches = new ArrayList<>();

    ModelLog(WorkloadShape.Compaction compaction) {
        this.compaction = compaction;
    }

    boolean exists() {
        return exists;
    }

    long startOffset() {
        return startOffset;
    }

    long endOffset() {
        return endOffset;
    }

    /** Those that a reader can reach, in order. */
    List<ModelBatch> batches() {
        return batches.stream().filter(batch -> batch.endOffset() > startOffset).toList();
    }

    void apply(LogEvent event) {
        switch (event) {
            case LogEvent.Created() -> exists = true;
            case LogEvent.Appended(ModelBatch batch) -> {
                batches.add(batch);
                endOffset = batch.endOffset();
            }
            case LogEvent.Truncated(long to) -> {
                batches.removeIf(batch -> batch.endOffset() > to);
                endOffset = to;
            }
            case LogEvent.StartMoved(long to) -> {
                startOffset = to;
                starts.add(to);
            }
            case LogEvent.Reset(long offset) -> {
                batches.clear();
                starts.clear();
                starts.add(offset);
                startOffset = offset;
                endOffset = offset;
            }
            case LogEvent.Deleted() -> {
                exists = false;
                batches.clear();
            }
        }
    }

    /** Whether a reader finds exactly this log. */
    boolean sameAs(FoundLog found) {
        return exists == found.exists() && (!exists || (startOffset == found.startOffset() && sameFrom(found)));
    }

    /**
     * Whether a reader finds this log after a crash: the log start may be any that was asked for, from {@code leastStart} on,
     * also by {@code laterStarts}.
     */
    boolean sameAfterCrash(FoundLog found, long leastStart, Set<Long> laterStarts) {
        if (exists != found.exists() || !exists) {
            return exists == found.exists();
        }
        long start = found.startOffset();
        return start >= leastStart && (starts.contains(start) || laterStarts.contains(start)) && sameFrom(found);
    }

    private boolean sameFrom(FoundLog found) {
        if (endOffset != found.endOffset()) {
            return false;
        }
        if (compaction.isOn()) {
            return CompactedLog.isOf(
                    batches.stream()
                            .filter(batch -> batch.endOffset() > found.startOffset())
                            .toList(),
                    found,
                    compaction.tombstonesGo());
        }
        int next = 0;
        for (ModelBatch batch : batches) {
            if (batch.endOffset() <= found.startOffset()) {
                continue;
            }
            if (next == found.batches().size()
                    || !batch.bytes().equals(ByteBuffer.wrap(found.batches().get(next++)))) {
                return false;
            }
        }
        return next == found.batches().size();
    }

    /** Forgets what lies below the start that recovery settled on. */
    void startSettled(long offset) {
        startOffset = offset;
        batches.removeIf(batch -> batch.endOffset() <= offset);
    }

    @Override
    public String toString() {
        return exists ? startOffset + ".." + endOffset + " " + batches : "absent";
    }
}
