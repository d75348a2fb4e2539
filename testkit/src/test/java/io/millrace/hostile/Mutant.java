package io.millrace.hostile;

import java.nio.ByteBuffer;

/**
 * A frame to send.
 *
 * @param frame with its length in front, which is wrong only in {@link Mutation#FRAME_LENGTH}
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Mutant(Mutation mutation, byte[] frame) {

    private static final int CORRELATION_AT = 8;

    boolean hasHeader() {
        return frame.length >= CORRELATION_AT + Integer.BYTES;
    }

    short apiKey() {
        return ByteBuffer.wrap(frame).getShort(Integer.BYTES);
    }

    short apiVersion() {
        return ByteBuffer.wrap(frame).getShort(Integer.BYTES + Short.BYTES);
    }

    int correlationId() {
        return ByteBuffer.wrap(frame).getInt(CORRELATION_AT);
    }

    /** Header and body. */
    ByteBuffer request() {
        return ByteBuffer.wrap(frame, Integer.BYTES, frame.length - Integer.BYTES)
                .slice();
    }
}
