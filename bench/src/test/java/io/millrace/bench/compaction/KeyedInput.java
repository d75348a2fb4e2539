package io.millrace.bench.compaction;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The same keyed records for everybody who asks: record number to key and value. Immutable. */
record KeyedInput(long records, long keys, int valueBytes) {

    private static final int TOMBSTONE_ONE_IN = 100;

    /** So many bytes of values, of which {@code duplicatePercent} are superseded. */
    static KeyedInput of(long mib, int duplicatePercent, int valueBytes) {
        long records = Math.max(1, (mib << 20) / valueBytes);
        return new KeyedInput(records, Math.max(1, records * (100 - duplicatePercent) / 100), valueBytes);
    }

    /** Every key once, then any of them. */
    long keyNumber(long record) {
        return record < keys ? record : Math.floorMod(mixed(record), keys);
    }

    byte[] key(long record) {
        return ByteBuffer.allocate(Long.BYTES).putLong(keyNumber(record)).array();
    }

    byte @Nullable [] value(long record) {
        if (mixed(~record) % TOMBSTONE_ONE_IN == 0) {
            return null;
        }
        byte[] value = new byte[valueBytes];
        long state = record;
        for (int i = 0; i + Long.BYTES <= valueBytes; i += Long.BYTES) {
            state = mixed(state + i);
            ByteBuffer.wrap(value).putLong(i, state);
        }
        return value;
    }

    /** By key number: the offset of its last record when record n has offset n. */
    long[] lastOffsets() {
        long[] last = new long[Math.toIntExact(keys)];
        Arrays.fill(last, -1);
        for (long record = 0; record < records; record++) {
            last[(int) keyNumber(record)] = record;
        }
        return last;
    }

    private static long mixed(long number) {
        long z = number + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
