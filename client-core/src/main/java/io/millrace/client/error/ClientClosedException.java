package io.millrace.client.error;

import io.millrace.protocol.ErrorCode;

/** The client was closed before or while this was under way. Not retriable. */
public final class ClientClosedException extends ClientException {

    private static final long serialVersionUID = 1;

    public ClientClosedException(String what) {
        super(ErrorCode.OPERATION_NOT_ATTEMPTED, false, what + ": this client is closed", null);
    }
}
