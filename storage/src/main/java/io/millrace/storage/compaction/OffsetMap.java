package io.millrace.storage.compaction;

import io.millrace.runtime.Randomness;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The last offset of every key in a range of a log, in bounded memory. Owned by one pass.
 *
 * <p>A key is known by the 128 bits of its {@link KeyHash} under a secret of this map's: two keys that share them would cost one of
 * them its record, so nobody may be able to make such keys. An entry is three longs, hash and offset, in one table that is probed
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
    private static final int MAX_ENTRIES = (Integer.MAX_VALUE - 8) / ENTRY_LONGS;
    // Linear probing: above three quarters the runs get long.
    private static final double MAX_LOAD = 0.75;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final long limitBytes;
    private final long secret0;
    private final long secret1;
    // Shared: the steps of a pass run on whatever thread of the pool is free.
    private Arena arena;
    private MemorySegment table;
    private int capacity = FIRST_ENTRIES;
    private int size;
    private long latestOffset = NONE;

    @SuppressWarnings("UnusedVariable") // reads whose outcome went nowhere would be left out
    private long readAhead;

    /**
     * @param limitBytes {@code log.cleaner.dedupe.buffer.size}, at least {@link #MIN_LIMIT_BYTES}
     * @param randomness gives the secret
     */
    public OffsetMap(long limitBytes, Randomness randomness) {
        if (limitBytes < MIN_LIMIT_BYTES) {
            throw new IllegalArgumentException(
                    "an offset map needs at least " + MIN_LIMIT_BYTES + " bytes, not " + limitBytes);
        }
        this.limitBytes = limitBytes;
        this.arena = Arena.ofShared();
        this.table = allocate(arena, FIRST_ENTRIES);
        this.secret0 = randomness.nextLong();
        this.secret1 = randomness.nextLong();
    }

    /** Keys to put in or look up here, and only here. */
    HashedKeys newKeys() {
        return new HashedKeys(new KeyHash(secret0, secret1));
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
     * Notes that each key is at its offset; offsets rise.
     *
     * @return {@link #NONE}, or the offset of the first key that is new and has no room: neither it nor any behind it is noted then
     */
    long putAll(HashedKeys keys) {
        readAhead(keys);
        for (int i = 0; i < keys.size(); i++) {
            if (!put(keys.high(i), keys.low(i), keys.offset(i))) {
                return keys.offset(i);
            }
        }
        return NONE;
    }

    private boolean put(long high, long low, long offset) {
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
     * Looks keys up.
     *
     * @param found gets the last offset of each, {@link #NONE} of those that are not known
     */
    void getAll(HashedKeys keys, long[] found) {
        readAhead(keys);
        for (int i = 0; i < keys.size(); i++) {
            long slot = find(table, capacity, keys.high(i), keys.low(i));
            found[i] = table.getAtIndex(LONG, slot + 1) == 0 ? NONE : table.getAtIndex(LONG, slot + 2);
        }
    }

    /** Reads where the keys belong, none after another: no read depends on one before it, so they go to memory together. */
    private void readAhead(HashedKeys keys) {
        long read = 0;
        for (int i = 0; i < keys.size(); i++) {
            read ^= table.getAtIndex(LONG, home(capacity, keys.high(i)) * ENTRY_LONGS + 1);
        }
        readAhead = read;
    }

    private static long home(int capacity, long high) {
        return Math.unsignedMultiplyHigh(high, capacity);
    }

    /** Index of the entry of a key, or of the empty one where it belongs. */
    private static long find(MemorySegment table, int capacity, long high, long low) {
        int entry = (int) home(capacity, high);
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
