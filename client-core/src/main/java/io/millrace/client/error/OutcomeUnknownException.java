package io.millrace.client.error;

import io.millrace.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * A request left this client and no answer came: the cluster may or may not have done it. Not retriable blindly: look first, or
 * make sure that doing it twice does no harm.
 */
public final class OutcomeUnknownException extends ClientException {

    private static final long serialVersionUID = 1;

    public OutcomeUnknownException(String message, @Nullable Throwable cause) {
        super(ErrorCode.NETWORK_EXCEPTION, false, message, cause);
    }
}
