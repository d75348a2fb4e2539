package io.millrace.client.error;

import io.millrace.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/** A broker answered with an error: nothing was done. Retriable when Kafka's clients retry the code. */
public final class RefusedException extends ClientException {

    private static final long serialVersionUID = 1;

    private RefusedException(ErrorCode errorCode, String message) {
        super(errorCode, errorCode.retriable(), message, null);
    }

    /**
     * Of a code, with the broker's words or else ours.
     *
     * @param what what was asked for, e.g. {@code create topic orders}
     * @param brokerMessage the broker's own words, when it sent any
     */
    public static RefusedException of(String what, ErrorCode errorCode, @Nullable String brokerMessage) {
        String why = brokerMessage == null || brokerMessage.isBlank() ? errorCode.message() : brokerMessage;
        return new RefusedException(errorCode, what + ": " + why + " (" + errorCode + ")");
    }
}
