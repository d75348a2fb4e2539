package io.millrace.client.error;

import io.millrace.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/** A deadline of this client passed and nothing was done. Retriable; the cause is the last failure seen, when there was one. */
public final class ClientTimeoutException extends ClientException {

    private static final long serialVersionUID = 1;

    public ClientTimeoutException(String message, @Nullable Throwable lastFailure) {
        super(ErrorCode.REQUEST_TIMED_OUT, true, message, lastFailure);
    }
}
