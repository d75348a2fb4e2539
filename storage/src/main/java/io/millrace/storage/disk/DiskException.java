package io.millrace.storage.disk;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file operation failed. The message says what was tried, on which path, and what the system answered. */
public final class DiskException extends IOException {

    private static final long serialVersionUID = 1L;

    /** What the caller can act on. */
    public enum Kind {
        /** No space, or quota reached. Never of a sync: there the bytes are gone. */
        FULL,
        /** The process has too many open files. */
        TOO_MANY_OPEN_FILES,
        /** Not there. */
        NOT_FOUND,
        /** Not allowed, or a read-only file system. */
        DENIED,
        /** Already there. */
        EXISTS,
        /** Anything else; after a sync, assume the bytes are gone. */
        FAILED
    }

    private final Kind kind;
    private final String path;

    public DiskException(Kind kind, String operation, Path path, @Nullable Throwable cause) {
        super(operation + " " + path + ": " + (cause == null ? kind.name() : reason(cause)), cause);
        this.kind = kind;
        this.path = path.toString();
    }

    private DiskException(String message, Throwable cause) {
        super(message + ": " + cause, cause);
        this.kind = Kind.FAILED;
        this.path = "";
    }

    /** Without the path that a {@link FileSystemException} puts in front: it is named already. */
    private static @Nullable String reason(Throwable cause) {
        String reason = cause instanceof FileSystemException known ? known.getReason() : null;
        return reason == null ? cause.getMessage() : reason;
    }

    /** A disk job broke an invariant: no file is to blame. */
    public static DiskException broken(String job, Throwable cause) {
        return new DiskException(job, cause);
    }

    public Kind kind() {
        return kind;
    }

    public String path() {
        return path;
    }
}
