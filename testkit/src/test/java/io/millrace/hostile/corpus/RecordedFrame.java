package io.millrace.hostile.corpus;

import java.nio.ByteBuffer;

/**
 * One request as it went over the wire, without its length.
 *
 * @param client whose it was, e.g. {@code kafka-clients}
 * @param bytes header and body; never changed after construction
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RecordedFrame(String client, byte[] bytes) {

    /** Key and version; any frame has both. */
    public static final int MIN_BYTES = 8;

    public short apiKey() {
        return ByteBuffer.wrap(bytes).getShort(0);
    }

    public short apiVersion() {
        return ByteBuffer.wrap(bytes).getShort(Short.BYTES);
    }
}
