package io.millrace.network.frame;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Immutable bytes that lie elsewhere, in memory or in a file, and are sent without a copy where that pays. Read on the
 * channel's loop only, released there exactly once, after the last byte was given to the socket or the channel closed.
 *
 * <p>A region that holds fewer bytes than {@link #sizeBytes()} closes the connection: the frame's length already left.
 */
public non-sealed interface RegionPart extends FramePart {

    /** The bytes when they are in memory, {@code position..limit} being {@link #sizeBytes()} long; null for a file. */
    default @Nullable ByteBuffer view() {
        return null;
    }

    /**
     * Copies bytes from {@code position} (relative to the region) on into {@code target}, advancing it, until it is full.
     *
     * @return bytes copied; fewer than asked means that the region is short
     */
    int readInto(long position, ByteBuffer target) throws IOException;

    /** The file behind the region when the kernel may send from it by itself; {@link #filePosition()} says where. */
    default @Nullable FileChannel sendfileSource() {
        return null;
    }

    /** Where the region begins in {@link #sendfileSource()}. */
    default long filePosition() {
        return 0;
    }

    /**
     * Sends at most {@code countBytes} from {@code position} (relative to the region) on.
     *
     * @return bytes sent, possibly fewer or none; -1 when the region is short
     */
    long transferTo(long position, long countBytes, WritableByteChannel target) throws IOException;
}
