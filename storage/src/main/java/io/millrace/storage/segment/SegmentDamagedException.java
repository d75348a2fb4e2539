package io.millrace.storage.segment;

import io.millrace.storage.disk.DiskException;
import java.nio.file.Path;

/**
 * Bytes of a segment that should be there are not, or are not record batches. Travels as the cause of a
 * {@link DiskException} of kind FAILED. The replica is to be quarantined, never cut (R3).
 */
public final class SegmentDamagedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final long filePosition;

    private SegmentDamagedException(long filePosition, String message) {
        super(message);
        this.filePosition = filePosition;
    }

    /** First byte that is wrong. */
    public long filePosition() {
        return filePosition;
    }

    /** What lane jobs throw. */
    public static DiskException at(Path file, long filePosition, String what) {
        return new DiskException(
                DiskException.Kind.FAILED,
                "read",
                file,
                new SegmentDamagedException(filePosition, "damaged at byte " + filePosition + ": " + what));
    }
}
