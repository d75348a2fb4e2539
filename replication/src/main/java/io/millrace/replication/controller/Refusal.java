package io.millrace.replication.controller;

import io.millrace.protocol.ErrorCode;

/** One part of a command cannot be done. Stays inside the deciders, which turn it into an outcome. */
final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    private final ErrorCode error;
    private final String reason;

    Refusal(ErrorCode error, String reason) {
        super(reason, null, false, false);
        this.error = error;
        this.reason = reason;
    }

    ErrorCode error() {
        return error;
    }

    String reason() {
        return reason;
    }
}
