package io.millrace.client.error;

import io.millrace.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * A call to the cluster that did not succeed. The message says what failed, why, and what to do. Immutable.
 *
 * <p>{@link #errorCode()} is Kafka's code: the broker's where a broker refused, the nearest one where the client itself gave up.
 */
public sealed class ClientException extends RuntimeException
        permits BufferFullException,
                ClientClosedException,
                ClientTimeoutException,
                ConnectionException,
                OutcomeUnknownException,
                RefusedException,
                UnknownTopicException,
                UnsupportedApiException {

    private static final long serialVersionUID = 1;

    private final ErrorCode errorCode;
    private final boolean retriable;

    ClientException(ErrorCode errorCode, boolean retriable, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.errorCode = errorCode;
        this.retriable = retriable;
    }

    public ErrorCode errorCode() {
        return errorCode;
    }

    /** Whether doing the same again later can succeed, and cannot do the thing twice. */
    public boolean retriable() {
        return retriable;
    }
}
