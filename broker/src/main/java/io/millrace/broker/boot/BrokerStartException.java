package io.millrace.broker.boot;

import org.jspecify.annotations.Nullable;

/** The broker could not start. The message is for the person who started it: what, why, what to do. */
public final class BrokerStartException extends Exception {

    private static final long serialVersionUID = 1L;

    public BrokerStartException(@Nullable String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
