package io.millrace.storage.segment;

import io.millrace.storage.disk.DiskException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a segment that should be there are not, or are not record batches. Travels as the cause of a
 * {@link DiskException} of kind FAILED. The replica is to be quarantined, never cut (R3).
 */
public final class SegmentDamagedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final long filePosition;
    private final long offset;

    private SegmentDamagedException(long filePosition, long offset, String message) {
        super(message);
        this.filePosition = filePosition;
        this.offset = offset;
    }

    /** First byte that is wrong. */
    public long filePosition() {
        return filePosition;
    }

    /** First offset that cannot be read, -1 when only the place in the file is known. */
    public long offset() {
        return offset;
    }

    /** What lane jobs throw. */
    public static DiskException at(Path file, long filePosition, String what) {
        return new DiskException(
                DiskException.Kind.FAILED,
                "read",
                file,
                new SegmentDamagedException(filePosition, -1, "damaged at byte " + filePosition + ": " + what));
    }

    /**
     * The same where the offsets are known.
     *
     * @param offset first one that cannot be read
     * @param readableFrom first one that can be read again, -1 when none of the segment can
     */
    public static DiskException of(Path file, long filePosition, long offset, long readableFrom, String what) {
        String extent = readableFrom < 0
                ? "from offset " + offset + " on the segment cannot be read"
                : "offsets " + offset + " to " + (readableFrom - 1) + " cannot be read";
        return new DiskException(
                DiskException.Kind.FAILED,
                "read",
                file,
                new SegmentDamagedException(
                        filePosition, offset, "damaged at byte " + filePosition + ", " + extent + ": " + what));
    }

    /** Whether a lane job failed because of damage, not because the disk refused it. */
    public static boolean isCauseOf(@Nullable DiskException failure) {
        return failure != null && failure.getCause() instanceof SegmentDamagedException;
    }
}
