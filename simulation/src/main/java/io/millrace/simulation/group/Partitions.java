package io.millrace.simulation.group;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * Partition numbers as the simulated consumers put them into what is opaque to the coordinator: the generation they were owned
 * in (KIP-792), then one byte each. Stateless.
 */
final class Partitions {

    private Partitions() {}

    static byte[] encode(Collection<Integer> partitions, int generation) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Integer.BYTES + partitions.size()).putInt(generation);
        new TreeSet<>(partitions).forEach(partition -> bytes.put(partition.byteValue()));
        return bytes.array();
    }

    static int generation(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getInt();
    }

    static Set<Integer> decode(byte[] bytes) {
        Set<Integer> partitions = new TreeSet<>();
        for (int i = Integer.BYTES; i < bytes.length; i++) {
            partitions.add((int) bytes[i]);
        }
        return partitions;
    }
}
