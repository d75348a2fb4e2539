package io.millrace.runtime;

/** A scheduled task that has not necessarily run yet. Thread-safe. */
public interface Timer {

    /** Prevents the task from running if it has not started; otherwise does nothing. Idempotent. */
    void cancel();
}
