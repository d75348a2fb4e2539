package io.millrace.client.producer;

/** When a broker answers a produce request. */
public enum Acks {
    /** Never: a record counts as delivered once it was handed to the socket, and may be lost. No offsets. */
    NONE((short) 0),
    /** When the leader has written it. */
    LEADER((short) 1),
    /** When the whole in-sync replica set has it; with Millrace's default durability, on disk. */
    ALL((short) -1);

    private final short wire;

    Acks(short wire) {
        this.wire = wire;
    }

    short wire() {
        return wire;
    }
}
