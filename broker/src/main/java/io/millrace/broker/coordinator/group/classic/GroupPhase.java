package io.millrace.broker.coordinator.group.classic;

/** Where a group stands, with the names that tools print. */
public enum GroupPhase {
    /** No members; perhaps offsets, perhaps clients that were given a member id and have not come back yet. */
    EMPTY("Empty"),
    /** Members are asked to join anew. */
    PREPARING_REBALANCE("PreparingRebalance"),
    /** All have joined; the leader's assignment is awaited. */
    COMPLETING_REBALANCE("CompletingRebalance"),
    /** Every member has, or can fetch, its assignment. */
    STABLE("Stable"),
    /** There is no such group. */
    DEAD("Dead");

    private final String text;

    GroupPhase(String text) {
        this.text = text;
    }

    /** As DescribeGroups and ListGroups say it. */
    public String text() {
        return text;
    }
}
