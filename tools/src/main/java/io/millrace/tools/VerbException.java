package io.millrace.tools;

/** A verb failed; the message is what the person reads. */
final class VerbException extends RuntimeException {

    private static final long serialVersionUID = 1;

    VerbException(String message, Throwable cause) {
        super(message, cause);
    }

    VerbException(String message) {
        super(message);
    }
}
