package io.millrace.client.cluster;

/**
 * An answer to an {@link OffsetQuery}. Immutable.
 *
 * @param offset -1 when no record is at or after the time asked for
 * @param timestampMs of that record; -1 for earliest and latest
 * @param leaderEpoch of that record; -1 when the broker did not tell
 */
public record FoundOffset(long offset, long timestampMs, int leaderEpoch) {

    public static final long NONE = -1;

    public boolean exists() {
        return offset != NONE;
    }
}
