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

    /**
     * Bytes in memory on their way to the socket.
     *
     * @param bytes {@code position..limit}; fewer than asked means that the region is short
     * @param giveBack run exactly once, when the socket took them or never will
     */
    record Lent(ByteBuffer bytes, Runnable giveBack) {}

    /**
     * Bytes from {@code position} (relative to the region) on, when they are in memory and may stay there until the socket has
     * taken them; null otherwise, after which they are sent from the file or copied. Asked for each piece anew: a region may move
     * from memory to a file while it is sent.
     */
    default @Nullable Lent lend(long position, int sizeBytes) {
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
