package io.millrace.client.admin.group;

/**
 * Where a group goes on in a partition. Immutable.
 *
 * @param leaderEpoch of the last record before it; -1 when whoever committed did not tell
 * @param metadata what whoever committed wanted to remember; may be empty
 */
public record CommittedOffset(long offset, int leaderEpoch, String metadata) {

    /** An offset without anything beside it. */
    public static CommittedOffset of(long offset) {
        return new CommittedOffset(offset, -1, "");
    }
}
