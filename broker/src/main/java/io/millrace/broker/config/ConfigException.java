package io.millrace.broker.config;

/** A configuration that cannot be used. The message is for the person who wrote it: what, why, what to do. */
public final class ConfigException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
