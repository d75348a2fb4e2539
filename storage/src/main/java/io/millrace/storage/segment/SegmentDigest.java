package io.millrace.storage.segment;

import io.millrace.protocol.record.Crc32c;
import io.millrace.protocol.record.RecordBatchView;
import java.nio.ByteBuffer;

/**
 * A running digest of a segment: the CRC-32C of the digest before and the batch's header. The header holds the CRC of the
 * records, so every stored byte counts, at the cost of 65 bytes a batch. Equal segments have equal digests. Reusable, one
 * owner.
 */
final class SegmentDigest {

    /** Of no bytes. */
    static final int EMPTY = 0;

    private final ByteBuffer scratch = ByteBuffer.allocate(Integer.BYTES + RecordBatchView.HEADER_BYTES);

    int after(int digestBefore, RecordBatchView batch) {
        scratch.putInt(0, digestBefore);
        scratch.put(Integer.BYTES, batch.buffer(), batch.position(), RecordBatchView.HEADER_BYTES);
        return Crc32c.of(scratch, 0, scratch.capacity());
    }
}
