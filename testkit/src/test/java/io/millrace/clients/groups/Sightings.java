package io.millrace.clients.groups;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which records the members of a group were given. Thread-safe by its own lock. */
final class Sightings {

    private final Map<Integer, boolean[]> seen = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();
    private long records;

    synchronized void saw(int partition, long offset) {
        boolean[] marks = seen.get(partition);
        if (marks == null || marks.length <= offset) {
            boolean[] longer = new boolean[(int) Math.max(1_024, 2 * offset)];
            if (marks != null) {
                System.arraycopy(marks, 0, longer, 0, marks.length);
            }
            marks = longer;
            seen.put(partition, marks);
        }
        marks[(int) offset] = true;
        records++;
    }

    synchronized void fault(String what) {
        faults.add(what);
    }

    synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    /** Records seen, repetitions counted. */
    synchronized long records() {
        return records;
    }

    /** The first offset below {@code end} that nobody was given; -1 when there is none. */
    synchronized long missing(int partition, long end) {
        boolean[] marks = seen.get(partition);
        for (int offset = 0; offset < end; offset++) {
            if (marks == null || offset >= marks.length || !marks[offset]) {
                return offset;
            }
        }
        return -1;
    }
}
