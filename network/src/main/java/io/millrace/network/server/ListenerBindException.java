package io.millrace.network.server;

import java.io.IOException;

/** A listener could not be opened; the message says which, why and what to do. */
public final class ListenerBindException extends IOException {

    private static final long serialVersionUID = 1L;

    private final boolean portInUse;

    ListenerBindException(String message, boolean portInUse, Throwable cause) {
        super(message, cause);
        this.portInUse = portInUse;
    }

    /** Whether another process (or another listener) has the port. */
    public boolean portInUse() {
        return portInUse;
    }
}
