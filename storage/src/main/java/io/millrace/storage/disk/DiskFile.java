package io.millrace.storage.disk;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One open file. Positional only, no cursor. Thread-safe for reads; one writer at a time. */
public interface DiskFile extends AutoCloseable {

    Path path();

    /** Writes every remaining byte of all {@code sources}, in order, from {@code filePosition} on; extends the file as needed. */
    void write(long filePosition, ByteBuffer... sources) throws DiskException;

    /** Reads until {@code target} is full or the file ends; returns the bytes read, 0 at the end. */
    int read(long filePosition, ByteBuffer target) throws DiskException;

    /** Makes bytes and length durable (fdatasync). A failed sync is of kind FAILED and never retried: the file's state is unknown. */
    void sync() throws DiskException;

    void truncate(long lengthBytes) throws DiskException;

    long length() throws DiskException;

    /** Sends bytes to a channel without passing through user space where possible; returns the bytes sent. */
    long transferTo(long filePosition, long countBytes, WritableByteChannel target) throws DiskException;

    /** The channel that the kernel can send from by itself (sendfile), or null where there is none; not to be closed. */
    default @Nullable FileChannel sendfileSource() {
        return null;
    }

    /**
     * Whether a whole range is in the system's cache, so that sending it waits for no device. False where that is not known, or
     * not worth asking.
     */
    default boolean isCached(long filePosition, int sizeBytes) {
        return false;
    }

    /**
     * Begins to carry a written range to the device, and waits for none of it: the {@link #sync} that makes it durable has less
     * to do then. A hint; what went wrong is told by the sync. For the one writer, as {@link #write}.
     */
    default void startWriteOut(long filePosition, long sizeBytes) {}

    /** Waits until the device has what {@link #startWriteOut} began in the range. A hint as well: nothing is durable by it. */
    default void awaitWriteOut(long filePosition, long sizeBytes) {}

    @Override
    void close() throws DiskException;
}
