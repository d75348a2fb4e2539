package io.millrace.client.producer;

/** Austin Appleby's MurmurHash2, 32 bits, with the seed that Kafka's clients use: keys go to the same partitions as theirs. */
final class Murmur2 {

    private static final int SEED = 0x9747b28c;
    private static final int MULTIPLIER = 0x5bd1e995;
    private static final int SHIFT = 24;
    private static final int WORD_BYTES = 4;

    private Murmur2() {}

    static int hash(byte[] key) {
        int hash = SEED ^ key.length;
        int words = key.length / WORD_BYTES;
        for (int word = 0; word < words; word++) {
            int at = word * WORD_BYTES;
            int mixed = MULTIPLIER
                    * ((key[at] & 0xff)
                            | (key[at + 1] & 0xff) << 8
                            | (key[at + 2] & 0xff) << 16
                            | (key[at + 3] & 0xff) << 24);
            mixed = MULTIPLIER * (mixed ^ mixed >>> SHIFT);
            hash = hash * MULTIPLIER ^ mixed;
        }
        int tail = words * WORD_BYTES;
        int left = key.length - tail;
        if (left > 0) {
            int rest = 0;
            for (int i = left - 1; i >= 0; i--) {
                rest = rest << 8 | (key[tail + i] & 0xff);
            }
            hash = (hash ^ rest) * MULTIPLIER;
        }
        hash = (hash ^ hash >>> 13) * MULTIPLIER;
        return hash ^ hash >>> 15;
    }

    /** The partition of a key, as Kafka's default partitioner chooses it. */
    static int partition(byte[] key, int partitionCount) {
        return (hash(key) & Integer.MAX_VALUE) % partitionCount;
    }
}
