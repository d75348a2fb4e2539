package io.millrace.protocol.record;

/** Carries a fault out of the record walk to {@link BatchValidator}. Has no stack trace: it is an answer, not a bug. */
final class InvalidRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    private final BatchFault fault;

    InvalidRecordException(BatchFault fault, String message) {
        super(message, null, false, false);
        this.fault = fault;
    }

    BatchFault fault() {
        return fault;
    }

    /** The message, which is always there. */
    String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
