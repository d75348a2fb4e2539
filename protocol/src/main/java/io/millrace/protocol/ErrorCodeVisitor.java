package io.millrace.protocol;

/** Who is shown the error codes of an answer. */
@FunctionalInterface
public interface ErrorCodeVisitor {

    /**
     * Takes one of them.
     *
     * @param code as on the wire, never 0; perhaps of no {@link ErrorCode}
     */
    void errorCode(short code);
}
