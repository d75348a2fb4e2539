package io.millrace.storage.producer;

import org.jspecify.annotations.Nullable;

/**
 * Producers of one log by id: open addressing with linear probing, no boxing, nothing allocated while empty. Owned by
 * {@link ProducerStates}.
 */
final class ProducerTable {

    private static final @Nullable ProducerEntry[] EMPTY = {};

    private @Nullable ProducerEntry[] slots = EMPTY;
    private int size;

    int size() {
        return size;
    }

    @Nullable
    ProducerEntry get(long producerId) {
        if (size == 0) {
            return null;
        }
        int mask = slots.length - 1;
        for (int i = home(producerId, mask); ; i = (i + 1) & mask) {
            ProducerEntry entry = slots[i];
            if (entry == null || entry.producerId == producerId) {
                return entry;
            }
        }
    }

    /** The id must not be there yet. */
    void add(ProducerEntry entry) {
        if ((size + 1) * 2 > slots.length) {
            resize(Math.max(4, slots.length * 2));
        }
        place(entry);
        size++;
    }

    /** The id must be there. */
    void remove(long producerId) {
        int mask = slots.length - 1;
        int hole = home(producerId, mask);
        while (true) {
            ProducerEntry entry = slots[hole];
            if (entry == null) {
                throw new IllegalStateException("producer " + producerId + " is not in the table");
            }
            if (entry.producerId == producerId) {
                break;
            }
            hole = (hole + 1) & mask;
        }
        slots[hole] = null;
        size--;
        closeHole(hole, mask);
        if (size == 0) {
            slots = EMPTY;
        }
    }

    void clear() {
        slots = EMPTY;
        size = 0;
    }

    /** Moves back what probing would no longer find across the hole. */
    private void closeHole(int from, int mask) {
        int hole = from;
        for (int i = (hole + 1) & mask; ; i = (i + 1) & mask) {
            ProducerEntry entry = slots[i];
            if (entry == null) {
                return;
            }
            int distanceFromHome = (i - home(entry.producerId, mask)) & mask;
            int distanceFromHole = (i - hole) & mask;
            if (distanceFromHome >= distanceFromHole) {
                slots[hole] = entry;
                slots[i] = null;
                hole = i;
            }
        }
    }

    private void place(ProducerEntry entry) {
        int mask = slots.length - 1;
        int i = home(entry.producerId, mask);
        while (slots[i] != null) {
            i = (i + 1) & mask;
        }
        slots[i] = entry;
    }

    private void resize(int capacity) {
        @Nullable ProducerEntry[] old = slots;
        slots = new @Nullable ProducerEntry[capacity];
        for (ProducerEntry entry : old) {
            if (entry != null) {
                place(entry);
            }
        }
    }

    /** Ids are given in blocks, one after another: spread them. */
    private static int home(long producerId, int mask) {
        long mixed = producerId * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32) & mask;
    }
}
