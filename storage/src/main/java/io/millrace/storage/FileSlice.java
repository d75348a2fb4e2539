package io.millrace.storage;

import io.millrace.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Bytes of an open segment file. */
public non-sealed interface FileSlice extends LogSlice {

    /** The open file that holds the bytes; stays open until {@link #release()}. */
    DiskFile file();

    /** Where the slice begins in {@link #file()}. */
    long filePosition();

    /**
     * Sends bytes straight from the file (sendfile where the target allows).
     *
     * @param position relative to the slice, {@code 0..sizeBytes}
     * @return bytes sent, possibly fewer than asked; -1 when the file is shorter than the slice says, after which the
     *     connection must be closed
     */
    long transferTo(long position, long countBytes, WritableByteChannel target) throws IOException;

    /** Fills {@code target} from {@code position} (relative to the slice) on; blocks on the disk, so never on a shard when cold. */
    void readInto(long position, ByteBuffer target) throws IOException;
}
