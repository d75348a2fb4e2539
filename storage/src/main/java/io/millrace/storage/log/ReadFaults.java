package io.millrace.storage.log;

import io.millrace.storage.ReadResult;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Outcomes of failed look-ups until those who asked for the very offset take them. They repeat their reads as soon as they are
 * told; what lies here longer is of a reader that went away, and says nothing of the disk as it is now. Owner: the log's loop.
 */
final class ReadFaults {

    /** The oldest goes first: who asks again gets another look-up. */
    private static final int MAX_FAULTS = 8;

    /** How long a reader may take to repeat its read. */
    private static final long KEPT_NS = 2_000_000_000L;

    private record Fault(long offset, ReadResult answer, long atNs) {}

    private final ArrayList<Fault> faults = new ArrayList<>(0);

    void add(long offset, ReadResult answer, long nowNs) {
        if (faults.size() == MAX_FAULTS) {
            faults.removeFirst();
        }
        faults.add(new Fault(offset, answer, nowNs));
    }

    /** Null when no look-up at that offset failed since the last one was taken, or only long ago. */
    @Nullable
    ReadResult take(long offset, long nowNs) {
        while (!faults.isEmpty() && nowNs - faults.getFirst().atNs > KEPT_NS) {
            faults.removeFirst();
        }
        for (int i = 0; i < faults.size(); i++) {
            if (faults.get(i).offset == offset) {
                return faults.remove(i).answer;
            }
        }
        return null;
    }

    void clear() {
        faults.clear();
    }
}
