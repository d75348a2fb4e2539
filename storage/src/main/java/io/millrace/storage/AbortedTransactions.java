package io.millrace.storage;

import java.util.List;

/** The aborted transactions that a read_committed reader of a range must skip. */
public sealed interface AbortedTransactions {

    /** One aborted transaction: its records from {@code firstOffset} to the abort marker at {@code lastOffset}. */
    record Aborted(long producerId, long firstOffset, long lastOffset) {}

    /** All that overlap the range asked for, by first offset. */
    record Found(List<Aborted> transactions) implements AbortedTransactions {}

    /** They lie in a segment whose sections are not loaded yet; repeat the call then. */
    non-sealed interface Pending extends AbortedTransactions {

        void whenReady(Runnable ready);
    }
}
