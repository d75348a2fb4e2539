package io.millrace.storage.engine;

import io.millrace.storage.disk.DiskException;
import java.nio.file.Path;

/** Bytes of a segment that were synced and are not what they were: why a log is put in quarantine. */
final class SegmentFault extends Exception {

    private static final long serialVersionUID = 1L;

    private final String path;

    SegmentFault(Path path, long filePosition, String what) {
        super("at " + filePosition + ": " + what);
        this.path = path.toString();
    }

    static boolean isCauseOf(DiskException failure) {
        return failure.getCause() instanceof SegmentFault;
    }

    DiskException asDiskException() {
        return new DiskException(DiskException.Kind.FAILED, "verify", Path.of(path), this);
    }
}
