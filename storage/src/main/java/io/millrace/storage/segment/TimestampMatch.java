package io.millrace.storage.segment;

/** A record found by its timestamp. Immutable; {@link #NONE} when there is none. */
public record TimestampMatch(long offset, long timestampMs, int leaderEpoch) {

    public static final TimestampMatch NONE = new TimestampMatch(-1, -1, -1);

    public boolean found() {
        return offset >= 0;
    }
}
