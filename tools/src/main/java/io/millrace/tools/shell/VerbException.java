package io.millrace.tools.shell;

/** A verb failed; the message is what the person reads. */
public final class VerbException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public VerbException(String message, Throwable cause) {
        super(message, cause);
    }

    public VerbException(String message) {
        super(message);
    }
}
