package io.millrace.network.connection;

/** What a connection is used for, as its handler learned: decides who waits when the whole broker is at its bound. */
public enum TrafficClass {
    /** Not known yet; treated like a producer. */
    UNCLASSIFIED,
    /** Brings data; not read while the broker is at its bound. */
    PRODUCER,
    /** Takes data away; always read. */
    CONSUMER,
    /** Another broker; always read. */
    REPLICATION;

    boolean waitsAtBound() {
        return this == UNCLASSIFIED || this == PRODUCER;
    }
}
