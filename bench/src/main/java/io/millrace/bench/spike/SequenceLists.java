package io.millrace.bench.spike;

/** Per partition, the ordered sequences that wait for their next step; allocation-free linking. Owned by the generator thread. */
final class SequenceLists {
    private final long[] next = new long[Tail.slots()];
    private final long[] first;
    private final long[] last;
    private final int[] count;
    private final long[] bytes;

    SequenceLists(int partitions) {
        first = new long[partitions];
        last = new long[partitions];
        count = new int[partitions];
        bytes = new long[partitions];
    }

    void add(int partition, long sequence, int length) {
        if (count[partition]++ == 0) {
            first[partition] = sequence;
        } else {
            next[Tail.slot(last[partition])] = sequence;
        }
        last[partition] = sequence;
        bytes[partition] += length;
    }

    long bytes(int partition) {
        return bytes[partition];
    }

    boolean isEmpty(int partition) {
        return count[partition] == 0;
    }

    /** Takes the whole list of a partition. */
    long[] take(int partition) {
        long[] taken = new long[count[partition]];
        long at = first[partition];
        for (int i = 0; i < taken.length; i++) {
            taken[i] = at;
            at = next[Tail.slot(at)];
        }
        count[partition] = 0;
        bytes[partition] = 0;
        return taken;
    }
}
