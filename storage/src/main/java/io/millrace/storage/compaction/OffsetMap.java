package io.millrace.storage.compaction;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The last offset of every key in a range of a log, in bounded memory. Owned by one pass.
 *
 * <p>A key is known by 128 bits of its SHA-256: two keys that share them would cost one of them its record, so the hash must not
 * be one for which somebody can make such keys. An entry is three longs, hash and offset, in one array that is probed
 * linearly and grows as keys come; while it grows the old array counts too, so that both stay within the limit.
 */
public final class OffsetMap {

    /** No offset is known. */
    public static final long NONE = -1;

    /** The smallest limit: a table of this size is always made. */
    public static final long MIN_LIMIT_BYTES = 64 * 1024;

    private static final int ENTRY_LONGS = 3;
    private static final int ENTRY_BYTES = ENTRY_LONGS * Long.BYTES;
    private static final int FIRST_ENTRIES = 1024;
    private static final int HASH_BYTES = 32;
    private static final int MAX_ENTRIES = (Integer.MAX_VALUE - 8) / ENTRY_LONGS;
    // Linear probing: above three quarters the runs get long.
    private static final double MAX_LOAD = 0.75;

    private final long limitBytes;
    private final MessageDigest digest;
    private final byte[] hash = new byte[HASH_BYTES];
    private final ByteBuffer hashView = ByteBuffer.wrap(hash);
    private long[] table = new long[FIRST_ENTRIES * ENTRY_LONGS];
    private int capacity = FIRST_ENTRIES;
    private int size;
    private long latestOffset = NONE;

    /** @param limitBytes {@code log.cleaner.dedupe.buffer.size}, at least {@link #MIN_LIMIT_BYTES} */
    public OffsetMap(long limitBytes) {
        if (limitBytes < MIN_LIMIT_BYTES) {
            throw new IllegalArgumentException(
                    "an offset map needs at least " + MIN_LIMIT_BYTES + " bytes, not " + limitBytes);
        }
        this.limitBytes = limitBytes;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Keys known. */
    public int size() {
        return size;
    }

    /** Bytes that the table takes now. */
    public long tableBytes() {
        return (long) capacity * ENTRY_BYTES;
    }

    /** Everything up to this offset was put in; {@link #NONE} at first. */
    public long latestOffset() {
        return latestOffset;
    }

    /** Every record up to {@code lastOffset}, with or without a key, has been looked at. */
    public void coveredTo(long lastOffset) {
        latestOffset = Math.max(latestOffset, lastOffset);
    }

    /**
     * Notes that {@code key} is at {@code offset}; offsets rise.
     *
     * @param key {@code position..limit}, not moved
     * @return false when the key is new and there is no room for it: nothing is changed then
     */
    public boolean put(ByteBuffer key, long offset) {
        hash(key);
        long high = hashView.getLong(0);
        long low = nonZero(hashView.getLong(Long.BYTES));
        int slot = find(table, capacity, high, low);
        if (table[slot + 1] == 0) {
            if (size + 1 > capacity * MAX_LOAD) {
                if (!grow()) {
                    return false;
                }
                slot = find(table, capacity, high, low);
            }
            table[slot] = high;
            table[slot + 1] = low;
            size++;
        }
        table[slot + 2] = offset;
        return true;
    }

    /**
     * The last offset of a key, {@link #NONE} when it is not known.
     *
     * @param key {@code position..limit}, not moved
     */
    public long get(ByteBuffer key) {
        hash(key);
        int slot = find(table, capacity, hashView.getLong(0), nonZero(hashView.getLong(Long.BYTES)));
        return table[slot + 1] == 0 ? NONE : table[slot + 2];
    }

    /** An entry with a second half of 0 is empty, so none may have it. */
    private static long nonZero(long half) {
        return half == 0 ? 1 : half;
    }

    private void hash(ByteBuffer key) {
        int position = key.position();
        digest.update(key);
        key.position(position);
        try {
            digest.digest(hash, 0, HASH_BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("32 bytes hold a SHA-256", e);
        }
    }

    /** Index of the entry of a key, or of the empty one where it belongs. */
    private static int find(long[] table, int capacity, long high, long low) {
        int entry = (int) Math.unsignedMultiplyHigh(high, capacity);
        while (true) {
            int slot = entry * ENTRY_LONGS;
            if (table[slot + 1] == 0 || (table[slot] == high && table[slot + 1] == low)) {
                return slot;
            }
            entry = entry + 1 == capacity ? 0 : entry + 1;
        }
    }

    private boolean grow() {
        long room = limitBytes / ENTRY_BYTES - capacity;
        int larger = (int) Math.min(Math.min(2L * capacity, room), MAX_ENTRIES);
        if (larger < capacity + capacity / 8) {
            return false;
        }
        long[] grown = new long[larger * ENTRY_LONGS];
        for (int slot = 0; slot < table.length; slot += ENTRY_LONGS) {
            if (table[slot + 1] != 0) {
                int to = find(grown, larger, table[slot], table[slot + 1]);
                System.arraycopy(table, slot, grown, to, ENTRY_LONGS);
            }
        }
        table = grown;
        capacity = larger;
        return true;
    }
}
