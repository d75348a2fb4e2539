package io.millrace.storage.log;

import io.millrace.storage.ReadResult;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** Outcomes of failed look-ups until those who asked for the very offset take them. Owner: the log's loop. */
final class ReadFaults {

    /** The oldest goes first: who asks again gets another look-up. */
    private static final int MAX_FAULTS = 8;

    private record Fault(long offset, ReadResult answer) {}

    private final ArrayList<Fault> faults = new ArrayList<>(0);

    void add(long offset, ReadResult answer) {
        if (faults.size() == MAX_FAULTS) {
            faults.removeFirst();
        }
        faults.add(new Fault(offset, answer));
    }

    /** Null when no look-up at that offset failed since the last one was taken. */
    @Nullable
    ReadResult take(long offset) {
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
