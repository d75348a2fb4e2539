package io.millrace.storage;

/** Where a leader epoch ends (KIP-101, KIP-279). {@code endOffset} is exclusive; both are -1 when the epoch is unknown. */
public record EpochEnd(int leaderEpoch, long endOffset) {

    public static final EpochEnd UNKNOWN = new EpochEnd(-1, -1L);
}
