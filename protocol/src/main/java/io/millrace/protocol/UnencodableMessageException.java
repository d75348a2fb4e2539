package io.millrace.protocol;

/**
 * A message holds a value that the wanted version cannot carry: a fault of the code that filled it, or a choice of version that
 * the peer does not support for this request. Not retriable with the same version.
 */
public final class UnencodableMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnencodableMessageException(String message) {
        super(message);
    }
}
