package io.millrace.rounds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the members' files come to, beside what the producer was acknowledged. Every count but those of records is one of broken
 * promises.
 */
final class GroupRoundsCheck {

    /** What members did with committed offsets, in the order of the machine's one clock. */
    private record Mark(boolean commit, long atMs, int partition, long offset) {}

    /** By partition: number by offset, as the members read it. */
    private final List<Map<Long, Long>> seen = new ArrayList<>();

    private final List<Mark> marks = new ArrayList<>();
    private long records;
    private long begins;
    private long outOfOrder;
    private long changed;

    GroupRoundsCheck(int partitions) {
        for (int i = 0; i < partitions; i++) {
            seen.add(new HashMap<>());
        }
    }

    /** Reads what one member wrote, if it came to write. */
    void readFile(Path file) throws IOException {
        if (Files.exists(file)) {
            read(Files.readString(file));
        }
    }

    /** A killed process may leave half a line at the end, which does not count. */
    void read(String text) {
        Map<Integer, Long> next = new HashMap<>();
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("R")) {
                record(next, Integer.parseInt(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
                continue;
            }
            Mark mark = new Mark(
                    words[0].equals("C"),
                    Long.parseLong(words[1]),
                    Integer.parseInt(words[2]),
                    Long.parseLong(words[3]));
            marks.add(mark);
            if (!mark.commit()) {
                begins++;
                next.put(mark.partition(), mark.offset());
            }
        }
    }

    private void record(Map<Integer, Long> next, int partition, long offset, long number) {
        if (next.getOrDefault(partition, -1L) != offset) {
            outOfOrder++;
        }
        next.put(partition, offset + 1);
        Long before = seen.get(partition).put(offset, number);
        if (before != null && before != number) {
            changed++;
        }
        records++;
    }

    /** Records read by nobody, of the offsets below {@code end}. */
    long missing(int partition, long end) {
        long missing = 0;
        for (long offset = 0; offset < end; offset++) {
            if (!seen.get(partition).containsKey(offset)) {
                missing++;
            }
        }
        return missing;
    }

    /** Acknowledged numbers that were not read at the offset that was acknowledged. */
    long lost(List<Map<Long, Long>> acknowledged) {
        long lost = 0;
        for (int partition = 0; partition < seen.size(); partition++) {
            for (Map.Entry<Long, Long> sent : acknowledged.get(partition).entrySet()) {
                if (!sent.getValue().equals(seen.get(partition).get(sent.getKey()))) {
                    lost++;
                }
            }
        }
        return lost;
    }

    /** Offsets whose number is not above that of the offset before: written twice, or out of order. */
    long unsorted() {
        long unsorted = 0;
        for (Map<Long, Long> numbers : seen) {
            long last = -1;
            for (long number : new TreeMap<>(numbers).values()) {
                if (number <= last) {
                    unsorted++;
                }
                last = number;
            }
        }
        return unsorted;
    }

    /**
     * Members that began behind what was committed before, and commits behind an earlier one. Commits of an older generation are
     * refused, so even those of different members are in order.
     */
    long wentBack() {
        marks.sort(Comparator.comparingLong(Mark::atMs).thenComparingLong(Mark::offset));
        Map<Integer, Long> furthest = new HashMap<>();
        long back = 0;
        for (Mark mark : marks) {
            long before = furthest.getOrDefault(mark.partition(), 0L);
            if (mark.offset() < before) {
                back++;
            }
            furthest.put(mark.partition(), Math.max(before, mark.offset()));
        }
        return back;
    }

    /** Reads of a record beyond its first, in percent of all reads. */
    double duplicatePercent() {
        long distinct = seen.stream().mapToLong(Map::size).sum();
        return 100.0 * (records - distinct) / Math.max(1, records);
    }

    long records() {
        return records;
    }

    long begins() {
        return begins;
    }

    long outOfOrder() {
        return outOfOrder;
    }

    /** Offsets that two members read with different numbers. */
    long changed() {
        return changed;
    }
}
