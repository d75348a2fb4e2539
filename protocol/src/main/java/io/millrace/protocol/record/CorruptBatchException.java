package io.millrace.protocol.record;

/**
 * The bytes of a stored or fetched record batch do not follow the format. Not retriable: the same bytes fail again.
 *
 * <p>Thrown where bytes were already checked once (reading a log, a fetch answer). The check of bytes a client sent is
 * {@link BatchValidator}, which returns its findings.
 */
public final class CorruptBatchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says what was found and where. */
    public CorruptBatchException(String message) {
        super(message);
    }

    /** Says what was found and where, after a lower layer failed. */
    public CorruptBatchException(String message, Throwable cause) {
        super(message, cause);
    }
}
