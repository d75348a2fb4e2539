package io.millrace.protocol;

/**
 * Received bytes are not the message they claim to be. The only exception that decoding throws. Not retriable: the same bytes fail
 * again. The text names the field and place, never the content.
 */
public final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String field;
    private final int offsetBytes;

    public MalformedMessageException(String what, String field, int offsetBytes) {
        // Bad input is the sender's fault and may come at any rate: no stack trace to fill.
        super(field + " at byte " + offsetBytes + ": " + what, null, false, false);
        this.field = field;
        this.offsetBytes = offsetBytes;
    }

    /** The field that could not be decoded, as {@code Struct.field}. */
    public String field() {
        return field;
    }

    /** The place in the buffer, as a reader index, where decoding stopped. */
    public int offsetBytes() {
        return offsetBytes;
    }
}
