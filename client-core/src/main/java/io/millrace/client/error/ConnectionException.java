package io.millrace.client.error;

import io.millrace.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/** No usable connection to a broker: refused, unknown host, or closed while it was being opened. Retriable: nothing was sent. */
public final class ConnectionException extends ClientException {

    private static final long serialVersionUID = 1;

    public ConnectionException(String message, @Nullable Throwable cause) {
        super(ErrorCode.NETWORK_EXCEPTION, true, message, cause);
    }
}
