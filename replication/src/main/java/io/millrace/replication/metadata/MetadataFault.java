package io.millrace.replication.metadata;

/**
 * A metadata record that cannot follow the ones before it: a broken invariant of the controller or a log that is not what
 * it claims to be. Never retriable; the process that meets it must stop, for it cannot know what is true.
 */
public final class MetadataFault extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    public MetadataFault(String message) {
        super(message);
    }

    public MetadataFault(String message, Throwable cause) {
        super(message, cause);
    }
}
