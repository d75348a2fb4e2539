package io.millrace.storage.journal;

import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;

/** The pieces of one group on their way to the disk: header, records, padding. Used by one lane job at a time. */
final class SealedGroup {

    private final ByteBuffer header;
    private final ByteBuffer[] pieces;
    // Set and read on the lane only.
    private boolean written;

    SealedGroup(ByteBuffer header, ByteBuffer[] pieces) {
        this.header = header;
        this.pieces = pieces;
    }

    /** Lane: checksums and writes; returns the checksum. */
    int write(DiskFile file, long filePosition) throws DiskException {
        int crc = GroupLayout.seal(header, pieces, 1, pieces.length - 1);
        file.write(filePosition, pieces);
        written = true;
        return crc;
    }

    /** Lane: makes the write durable; does nothing when the write failed, which has been reported. */
    boolean sync(DiskFile file) throws DiskException {
        if (!written) {
            return false;
        }
        file.sync();
        return true;
    }
}
