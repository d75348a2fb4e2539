package io.millrace.protocol.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One record, read in place: the flyweight of a {@link RecordCursor}, valid until the cursor moves. Slices and lists it
 * returns for uncompressed batches show the batch's own bytes, for compressed ones the cursor's buffer; copies are the
 * caller's.
 */
public final class RecordView {
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private long offset;
    private long timestampMs;
    private int sequence;
    private int sizeBytes;
    private int keyPosition;
    private int keyBytes;
    private int valuePosition;
    private int valueBytes;
    private int headerCount;
    private int headersPosition;
    private int endPosition;

    RecordView() {}

    void setPlace(long newOffset, long newTimestampMs, int newSequence, int newSizeBytes) {
        offset = newOffset;
        timestampMs = newTimestampMs;
        sequence = newSequence;
        sizeBytes = newSizeBytes;
    }

    void setContents(
            ByteBuffer newBuffer, int newKeyPosition, int newKeyBytes, int newValuePosition, int newValueBytes) {
        buffer = newBuffer;
        keyPosition = newKeyPosition;
        keyBytes = newKeyBytes;
        valuePosition = newValuePosition;
        valueBytes = newValueBytes;
    }

    void setHeaders(int newHeaderCount, int newHeadersPosition, int newEndPosition) {
        headerCount = newHeaderCount;
        headersPosition = newHeadersPosition;
        endPosition = newEndPosition;
    }

    /** Offset in the partition. */
    public long offset() {
        return offset;
    }

    /** Time of the record, or of the append when the batch says so, ms; -1 for none. */
    public long timestampMs() {
        return timestampMs;
    }

    /** Sequence number of the producer, or {@link RecordBatchView#NO_SEQUENCE}. */
    public int sequence() {
        return sequence;
    }

    /** Bytes of the record, unpacked, its length field included. */
    public int sizeBytes() {
        return sizeBytes;
    }

    /** A slice of the whole record, unpacked, from its length field on. */
    public ByteBuffer bytes() {
        return buffer.slice(endPosition - sizeBytes, sizeBytes);
    }

    /** True unless the key is null. */
    public boolean hasKey() {
        return keyBytes >= 0;
    }

    /** True unless the value is null. */
    public boolean hasValue() {
        return valueBytes >= 0;
    }

    /** What the record lies in, unpacked; see {@link #keyPosition}. Not to be changed or moved. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** Index in {@link #buffer()} of the key's first byte: for who looks at many keys and makes no slice of each. */
    public int keyPosition() {
        return keyPosition;
    }

    /** Bytes of the key, -1 for null. */
    public int keyBytes() {
        return keyBytes;
    }

    /** Bytes of the value, -1 for null. */
    public int valueBytes() {
        return valueBytes;
    }

    /** A slice of the key's bytes, or null. */
    public @Nullable ByteBuffer key() {
        return keyBytes < 0 ? null : buffer.slice(keyPosition, keyBytes);
    }

    /** A slice of the value's bytes, or null. */
    public @Nullable ByteBuffer value() {
        return valueBytes < 0 ? null : buffer.slice(valuePosition, valueBytes);
    }

    /** A copy of the key, or null. */
    public byte @Nullable [] copyKey() {
        return copy(keyPosition, keyBytes);
    }

    /** A copy of the value, or null. */
    public byte @Nullable [] copyValue() {
        return copy(valuePosition, valueBytes);
    }

    /** Number of headers. */
    public int headerCount() {
        return headerCount;
    }

    /**
     * The headers in their order, copied.
     *
     * @throws CorruptBatchException when their bytes are malformed
     */
    public List<RecordHeader> headers() {
        if (headerCount == 0) {
            return List.of();
        }
        ByteBuffer in = buffer.duplicate().limit(endPosition).position(headersPosition);
        List<RecordHeader> headers = new ArrayList<>(headerCount);
        for (int i = 0; i < headerCount; i++) {
            byte @Nullable [] name = readNullable(in);
            if (name == null) {
                throw new CorruptBatchException("header " + i + " of the record at offset " + offset + " has no name");
            }
            headers.add(new RecordHeader(new String(name, UTF_8), readNullable(in)));
        }
        if (in.hasRemaining()) {
            throw new CorruptBatchException(
                    in.remaining() + " bytes are left after the headers of the record at offset " + offset);
        }
        return headers;
    }

    private static byte @Nullable [] readNullable(ByteBuffer in) {
        int length = Varints.readVarint(in);
        if (length < 0) {
            return null;
        }
        if (length > in.remaining()) {
            throw new CorruptBatchException("header part of " + length + " bytes, " + in.remaining() + " are left");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private byte @Nullable [] copy(int position, int length) {
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        buffer.get(position, bytes);
        return bytes;
    }

    @Override
    public String toString() {
        return "RecordView[offset=" + offset + ", timestampMs=" + timestampMs + ", keyBytes=" + keyBytes
                + ", valueBytes=" + valueBytes + ", headerCount=" + headerCount + "]";
    }
}
