package io.millrace.client.consumer;

/** What to do when a partition has no position, or one outside its log. */
public enum OffsetReset {
    /** Go to the first record there is. */
    EARLIEST,
    /** Go to the end: records from now on. */
    LATEST,
    /** Fail {@code poll}, once, and wait for a seek. */
    ERROR
}
