package io.millrace.client.error;

import io.millrace.protocol.ErrorCode;

/** The producer's buffer is full and stayed so for as long as the caller may be held up. Retriable: the record was not taken. */
public final class BufferFullException extends ClientException {

    private static final long serialVersionUID = 1;

    public BufferFullException(String message) {
        super(ErrorCode.THROTTLING_QUOTA_EXCEEDED, true, message, null);
    }
}
