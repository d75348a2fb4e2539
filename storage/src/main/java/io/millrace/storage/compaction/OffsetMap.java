package io.millrace.storage.compaction;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The last offset of every key in a range of a log, in bounded memory. Owned by one pass.
 *
 * <p>A key is known by 128 bits of its SHA-256: two keys that share them would cost one of them its record, so the hash must not
 * be one for which somebody can make such keys. An entry is three longs, hash and offset, in one table that is probed
 * linearly and grows as keys come; while it grows the old table counts too, so that both stay within the limit. The table lies
 * outside the heap: on a heap of 128 MiB a map of a million keys would be too much, and every pass that a full map cuts short
 * reads and writes the compacted part of the log again.
 */
public final class OffsetMap implements AutoCloseable {

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
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final long limitBytes;
    private final MessageDigest digest;
    private final byte[] hash = new byte[HASH_BYTES];
    private final ByteBuffer hashView = ByteBuffer.wrap(hash);
    // Shared: the steps of a pass run on whatever thread of the pool is free.
    private Arena arena;
    private MemorySegment table;
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
        this.arena = Arena.ofShared();
        this.table = allocate(arena, FIRST_ENTRIES);
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
        long slot = find(table, capacity, high, low);
        if (table.getAtIndex(LONG, slot + 1) == 0) {
            if (size + 1 > capacity * MAX_LOAD) {
                if (!grow()) {
                    return false;
                }
                slot = find(table, capacity, high, low);
            }
            table.setAtIndex(LONG, slot, high);
            table.setAtIndex(LONG, slot + 1, low);
            size++;
        }
        table.setAtIndex(LONG, slot + 2, offset);
        return true;
    }

    /**
     * The last offset of a key, {@link #NONE} when it is not known.
     *
     * @param key {@code position..limit}, not moved
     */
    public long get(ByteBuffer key) {
        hash(key);
        long slot = find(table, capacity, hashView.getLong(0), nonZero(hashView.getLong(Long.BYTES)));
        return table.getAtIndex(LONG, slot + 1) == 0 ? NONE : table.getAtIndex(LONG, slot + 2);
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
    private static long find(MemorySegment table, int capacity, long high, long low) {
        int entry = (int) Math.unsignedMultiplyHigh(high, capacity);
        while (true) {
            long slot = (long) entry * ENTRY_LONGS;
            long found = table.getAtIndex(LONG, slot + 1);
            if (found == 0 || (found == low && table.getAtIndex(LONG, slot) == high)) {
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
        Arena roomier = Arena.ofShared();
        MemorySegment grown = allocate(roomier, larger);
        long longs = (long) capacity * ENTRY_LONGS;
        for (long slot = 0; slot < longs; slot += ENTRY_LONGS) {
            long low = table.getAtIndex(LONG, slot + 1);
            if (low != 0) {
                long to = find(grown, larger, table.getAtIndex(LONG, slot), low);
                MemorySegment.copy(table, LONG, slot * Long.BYTES, grown, LONG, to * Long.BYTES, ENTRY_LONGS);
            }
        }
        arena.close();
        arena = roomier;
        table = grown;
        capacity = larger;
        return true;
    }

    /** All zeros: every entry is empty. */
    private static MemorySegment allocate(Arena arena, int entries) {
        return arena.allocate((long) entries * ENTRY_BYTES, Long.BYTES);
    }

    /** As it was at first, but for its size. */
    public void clear() {
        table.fill((byte) 0);
        size = 0;
        latestOffset = NONE;
    }

    /** Frees the table. Whoever looks into the map afterwards gets an exception. */
    @Override
    public void close() {
        arena.close();
    }
}
