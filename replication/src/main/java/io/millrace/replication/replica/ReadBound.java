package io.millrace.replication.replica;

/** How far a reader may see. */
public enum ReadBound {
    /** Below the high watermark: consumers that read uncommitted transactions. */
    COMMITTED,
    /** Below the last stable offset: consumers with {@code read_committed}. */
    STABLE,
    /** Below the log end: followers only. */
    LOG_END
}
