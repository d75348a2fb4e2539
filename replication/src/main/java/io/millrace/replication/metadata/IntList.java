package io.millrace.replication.metadata;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;

/** An immutable list of broker ids without boxing. Any thread may read it. */
public final class IntList {

    public static final IntList EMPTY = new IntList(new int[0]);

    private final int[] values;

    private IntList(int[] values) {
        this.values = values;
    }

    public static IntList of(int... values) {
        return values.length == 0 ? EMPTY : new IntList(values.clone());
    }

    public static IntList copyOf(Collection<Integer> values) {
        int[] copy = new int[values.size()];
        Iterator<Integer> next = values.iterator();
        for (int i = 0; i < copy.length; i++) {
            copy[i] = next.next();
        }
        return of(copy);
    }

    public int size() {
        return values.length;
    }

    public boolean isEmpty() {
        return values.length == 0;
    }

    public int get(int index) {
        return values[index];
    }

    public boolean contains(int value) {
        for (int candidate : values) {
            if (candidate == value) {
                return true;
            }
        }
        return false;
    }

    /** Whether every value of this list is in {@code other}. */
    public boolean subsetOf(IntList other) {
        for (int value : values) {
            if (!other.contains(value)) {
                return false;
            }
        }
        return true;
    }

    public boolean hasDuplicates() {
        for (int i = 1; i < values.length; i++) {
            for (int j = 0; j < i; j++) {
                if (values[i] == values[j]) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A copy. */
    public int[] toArray() {
        return values.clone();
    }

    /** A copy. */
    public List<Integer> toList() {
        List<Integer> list = new ArrayList<>(values.length);
        for (int value : values) {
            list.add(value);
        }
        return list;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IntList that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return Arrays.toString(values);
    }
}
