package io.millrace.protocol.frame;

import io.millrace.protocol.RecordsPayload;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * A frame ready for the wire: its bytes and payloads in order.
 *
 * <p>Immutable list; every {@link Bytes} part carries a reference of its own, which whoever takes the part writes or releases.
 * Payloads are the objects that were put into the message; their ownership passes with the part.
 *
 * @param sizeBytes the whole frame, its four length bytes and all payloads included
 */
public record EncodedMessage(int sizeBytes, List<Part> parts) {

    /** A piece of the frame. */
    public sealed interface Part {
        int sizeBytes();
    }

    /** Bytes in a buffer, one reference to it included. */
    public record Bytes(ByteBuf buffer) implements Part {
        @Override
        public int sizeBytes() {
            return buffer.readableBytes();
        }
    }

    /** A payload that was not copied. */
    public record Records(RecordsPayload payload) implements Part {
        @Override
        public int sizeBytes() {
            return payload.sizeBytes();
        }
    }

    /** Releases all buffers, for a frame that is not sent after all; payloads are for their owner to release. */
    public void releaseBuffers() {
        for (Part part : parts) {
            if (part instanceof Bytes bytes) {
                bytes.buffer().release();
            }
        }
    }
}
