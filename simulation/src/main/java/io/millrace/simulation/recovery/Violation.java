package io.millrace.simulation.recovery;

/** A promise was broken. The message says which one; whoever catches it adds the seed and the place. */
public final class Violation extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public Violation(String message) {
        super(message);
    }

    public Violation(String message, Throwable cause) {
        super(message, cause);
    }
}
