package io.millrace.simulation.recovery.planted;

import io.millrace.simulation.disk.DiskOperation;
import java.nio.file.Path;

/** How a {@link LyingDisk} lies. */
interface DiskLie {

    /** Whether the operation answers success and does nothing. */
    default boolean drops(DiskOperation operation, Path path) {
        return false;
    }

    /** Whether reads of this file get what {@link #rewritten} makes of it. */
    default boolean rewrites(Path path) {
        return false;
    }

    /** Another content for the whole file, of the same length. */
    default byte[] rewritten(byte[] content) {
        return content;
    }
}
