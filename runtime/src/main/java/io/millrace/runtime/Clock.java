package io.millrace.runtime;

/**
 * The two clocks of one process. Thread-safe.
 *
 * <p>Deadlines and durations use {@link #monotonicNs()}; only timestamps that users see or that reach a log use
 * {@link #wallMs()}, which may jump in either direction.
 */
public interface Clock {

    /** Nanoseconds since an arbitrary origin; never goes back. Differences only. */
    long monotonicNs();

    /** Milliseconds since the Unix epoch, UTC; may jump. */
    long wallMs();
}
