package io.millrace.client.error;

import io.millrace.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/** The broker and this client share no version of an API that can express the request. Not retriable. */
public final class UnsupportedApiException extends ClientException {

    private static final long serialVersionUID = 1;

    public UnsupportedApiException(String message, @Nullable Throwable cause) {
        super(ErrorCode.UNSUPPORTED_VERSION, false, message, cause);
    }
}
