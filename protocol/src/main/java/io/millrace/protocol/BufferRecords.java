package io.millrace.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/**
 * Records in a buffer; after reading, a slice of the received frame that holds a reference to it.
 *
 * <p>Owned by the message it was read into: {@link Message#release()} gives the reference back, at most once. Not thread-safe.
 */
public final class BufferRecords implements RecordsPayload {
    private final ByteBuf buffer;
    private boolean released;

    /** Takes over one reference to {@code buffer}; its readable bytes are the records. */
    public BufferRecords(ByteBuf buffer) {
        this.buffer = buffer;
    }

    /** Records in a buffer that nobody needs to release; its remaining bytes, not copied. */
    public static BufferRecords wrap(ByteBuffer buffer) {
        return new BufferRecords(Unpooled.wrappedBuffer(buffer));
    }

    @Override
    public int sizeBytes() {
        return buffer.readableBytes();
    }

    /** The buffer itself, without another reference; valid until {@link #release()}. */
    public ByteBuf buffer() {
        return buffer;
    }

    /** A view of the bytes for code that knows no {@code ByteBuf}; valid until {@link #release()}. */
    public ByteBuffer nioBuffer() {
        return buffer.nioBuffer();
    }

    /** Gives the reference back; further calls do nothing. */
    public void release() {
        if (!released) {
            released = true;
            buffer.release();
        }
    }

    @Override
    public boolean equals(Object object) {
        return object instanceof BufferRecords that && buffer.equals(that.buffer);
    }

    @Override
    public int hashCode() {
        return buffer.hashCode();
    }

    @Override
    public String toString() {
        return "BufferRecords[" + sizeBytes() + " bytes]";
    }
}
