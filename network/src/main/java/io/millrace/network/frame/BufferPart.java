package io.millrace.network.frame;

import io.netty.buffer.ByteBuf;

/** The readable bytes of {@code buffer}, whose reference this part owns. */
public record BufferPart(ByteBuf buffer) implements FramePart {

    @Override
    public long sizeBytes() {
        return buffer.readableBytes();
    }

    @Override
    public void release() {
        buffer.release();
    }
}
