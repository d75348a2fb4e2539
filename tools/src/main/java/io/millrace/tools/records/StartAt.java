package io.millrace.tools.records;

/** Where to begin to read. */
enum StartAt {
    /** Where the group stands; with the oldest record when it has not committed anything yet. */
    COMMITTED,
    EARLIEST,
    LATEST
}
