package io.millrace.client.consumer.group;

/**
 * Where a group stands in a partition. Immutable.
 *
 * @param offset of the next record to read
 * @param leaderEpoch of the last record read; -1 when unknown
 * @param metadata the application's own words, kept with the offset
 */
public record CommittedOffset(long offset, int leaderEpoch, String metadata) {

    public CommittedOffset {
        if (offset < 0) {
            throw new IllegalArgumentException("offset " + offset + " is negative");
        }
    }

    public static CommittedOffset of(long offset) {
        return new CommittedOffset(offset, -1, "");
    }
}
