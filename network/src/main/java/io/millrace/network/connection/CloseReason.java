package io.millrace.network.connection;

/** Why a connection ended; each has its counter. */
public enum CloseReason {
    CLOSED_BY_PEER(false),
    RESET_BY_PEER(false),
    IDLE(false),
    SHUTDOWN(false),
    FRAME_LENGTH_INVALID(true),
    FRAME_TOO_LARGE(true),
    REQUEST_HEADER_MALFORMED(true),
    REQUEST_STALLED(true),
    WRITE_STALLED(true),
    HANDSHAKE_TIMEOUT(true),
    TOO_MANY_CONNECTIONS(true),
    TOO_MANY_CONNECTIONS_FROM_ADDRESS(true),
    REGION_SHORT(true),
    WRITE_FAILED(true),
    HANDLER_FAILED(true),
    CLOSED_BY_HANDLER(true),
    MALFORMED_REQUEST(true),
    AUTHENTICATION_FAILED(true);

    private final boolean noteworthy;

    CloseReason(boolean noteworthy) {
        this.noteworthy = noteworthy;
    }

    /** Whether an operator wants to read about it: logged (rate-limited) as a warning, others only for debugging. */
    public boolean noteworthy() {
        return noteworthy;
    }
}
