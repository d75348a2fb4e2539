package io.millrace.network.connection;

/** Why nothing is read from a connection at the moment; several may hold at once. */
enum Pause {
    /** It had its share of this turn of the loop. */
    TURN(1),
    /** Its own bound on requests in flight. */
    IN_FLIGHT(2),
    /** The broker's bound on bytes in flight. */
    BROKER(4),
    /** It does not read its answers. */
    ANSWERS_UNREAD(8),
    /** Its handler asked for a pause. */
    THROTTLED(16),
    /** The server is stopping. */
    DRAIN(32);

    private final int bit;

    Pause(int bit) {
        this.bit = bit;
    }

    int bit() {
        return bit;
    }
}
