package io.millrace.protocol.generator;

/** A schema that this generator cannot turn into code: says which file and what is wrong with it. */
public final class SchemaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SchemaException(String message) {
        super(message);
    }

    public SchemaException(String message, Throwable cause) {
        super(message, cause);
    }
}
