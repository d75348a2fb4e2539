package io.millrace.storage.engine;

import org.jspecify.annotations.Nullable;

/** A log directory cannot be used. The message says what is wrong, why, and what to do. */
public final class StorageStartException extends Exception {

    private static final long serialVersionUID = 1L;

    public StorageStartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
