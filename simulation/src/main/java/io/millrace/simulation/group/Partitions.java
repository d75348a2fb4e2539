package io.millrace.simulation.group;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/** Partition numbers as the simulated consumers put them into what is opaque to the coordinator: one byte each. Stateless. */
final class Partitions {

    private Partitions() {}

    /** Never empty: the first byte is the count. */
    static byte[] encode(Collection<Integer> partitions) {
        byte[] bytes = new byte[partitions.size() + 1];
        bytes[0] = (byte) partitions.size();
        int at = 1;
        for (int partition : new TreeSet<>(partitions)) {
            bytes[at++] = (byte) partition;
        }
        return bytes;
    }

    static Set<Integer> decode(byte[] bytes) {
        Set<Integer> partitions = new TreeSet<>();
        for (int i = 1; i < bytes.length; i++) {
            partitions.add((int) bytes[i]);
        }
        return partitions;
    }
}
