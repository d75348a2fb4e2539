package io.millrace.protocol.record;

/** What the timestamps of a batch's records mean: attribute bit 3 of the batch. */
public enum TimestampType {
    /** Each record carries the time its producer gave it (bit clear). */
    CREATE_TIME,
    /** Every record has the batch's max timestamp, set by the broker at append (bit set). */
    LOG_APPEND_TIME
}
