package io.millrace.simulation;

/**
 * A running digest of all that happened, in order. Two runs of one seed must end with the same value; when they do not, some
 * choice did not come from the seed. Owned by the thread that runs the simulation.
 */
public final class TraceHash {

    private long value = 0x6d696c6c72616365L;
    private long entries;

    public void add(long item) {
        value = SimRandom.mix(value * 31 + item);
        entries++;
    }

    public void add(String item) {
        add(hash(item));
    }

    /** Digest so far. */
    public long value() {
        return value;
    }

    /** How many items went in. */
    public long entries() {
        return entries;
    }

    /** 64 bits of a string, the same in every JVM. */
    public static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    /** 64 bits of some bytes, the same in every JVM. */
    public static long hash(byte[] bytes, int from, int length) {
        long hash = 0xcbf29ce484222325L ^ length;
        int end = from + length;
        for (int i = from; i < end; i++) {
            hash = (hash ^ bytes[i]) * 0x100000001b3L;
        }
        return SimRandom.mix(hash);
    }

    @Override
    public String toString() {
        return Long.toHexString(value);
    }
}
