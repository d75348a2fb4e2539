package io.millrace.storage.compaction;

import io.millrace.protocol.record.RecordView;
import java.nio.ByteBuffer;

/**
 * Hashes of some keys in a row, for one look into an {@link OffsetMap}. Its table is far larger than any cache: one key at a time,
 * each look-up waits for memory, some 200 ns and a quarter of a pass; many at a time, they wait together. Owned by one pass.
 */
final class HashedKeys {

    /** Several times what a core asks its memory for at once. */
    static final int MAX = 64;

    private final KeyHash hash;
    private final long[] high = new long[MAX];
    private final long[] low = new long[MAX];
    private final long[] offsets = new long[MAX];
    private int size;

    HashedKeys(KeyHash hash) {
        this.hash = hash;
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size == MAX;
    }

    void clear() {
        size = 0;
    }

    /** Adds the key, which is not null, and the offset of a record; there is room. */
    void add(RecordView record) {
        add(record.buffer(), record.keyPosition(), record.keyBytes(), record.offset());
    }

    void add(ByteBuffer buffer, int keyPosition, int keyBytes, long offset) {
        hash.of(buffer, keyPosition, keyBytes);
        high[size] = hash.high();
        // An entry of the map with a low half of 0 is empty, so none may have it.
        low[size] = hash.low() == 0 ? 1 : hash.low();
        offsets[size] = offset;
        size++;
    }

    long high(int i) {
        return high[i];
    }

    long low(int i) {
        return low[i];
    }

    long offset(int i) {
        return offsets[i];
    }
}
