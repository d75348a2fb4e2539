package io.millrace.replication.replica;

import io.millrace.protocol.ErrorCode;

/**
 * The answer to one offset look-up. Immutable.
 *
 * @param offset -1 when nothing matches
 * @param timestampMs -1 when the look-up was not by time or nothing matches
 * @param leaderEpoch of the record at the offset, -1 when not known
 */
public record ListedOffset(ErrorCode error, long offset, long timestampMs, int leaderEpoch) {

    static final ListedOffset NOTHING = new ListedOffset(ErrorCode.NONE, -1, -1, -1);

    static ListedOffset refused(ErrorCode error) {
        return new ListedOffset(error, -1, -1, -1);
    }

    /** Told once about each look-up, on the shard loop, perhaps before the asking call returns. */
    @FunctionalInterface
    public interface Answer {

        /** The look-up has its answer; {@code slot} is what the caller gave. */
        void done(int slot, ListedOffset listed);
    }
}
