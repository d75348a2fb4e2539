package io.millrace.broker.coordinator.group.classic;

/** Why a group was asked to join anew. */
public enum RebalanceReason {
    /** A new member. */
    MEMBER_JOINED,
    /** A member came with other protocols, e.g. another subscription. */
    MEMBER_CHANGED,
    /** The leader joined again: it saw other partitions or wants to share the work anew. */
    LEADER_REJOINED,
    /** A static member came back and could not simply have its assignment again. */
    STATIC_MEMBER_RETURNED,
    /** A member said goodbye, or was taken out by an operator. */
    MEMBER_LEFT,
    /** A member was not heard of for its session timeout. */
    SESSION_EXPIRED,
    /** Members did not fetch their assignment in time. */
    SYNC_TIMED_OUT,
    /** The assignment could not be written. */
    WRITE_FAILED
}
