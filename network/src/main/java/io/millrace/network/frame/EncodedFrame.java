package io.millrace.network.frame;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * A whole frame ready to be sent, its four length bytes included: parts in order. Owns a reference to each part until it is
 * given to a writer, which then owns them. Not thread-safe; handed from thread to thread as a whole.
 */
public final class EncodedFrame {

    private final List<FramePart> parts;
    private final long sizeBytes;

    /** Takes over the parts' references; {@code parts} is not copied and must not change any more. */
    public EncodedFrame(List<FramePart> parts) {
        this.parts = parts;
        long bytes = 0;
        for (int i = 0; i < parts.size(); i++) {
            bytes += parts.get(i).sizeBytes();
        }
        this.sizeBytes = bytes;
    }

    /** A frame in one buffer, whose reference it takes over. */
    public static EncodedFrame of(ByteBuf buffer) {
        return new EncodedFrame(List.of(new BufferPart(buffer)));
    }

    public List<FramePart> parts() {
        return parts;
    }

    /** Bytes on the wire, length prefix included. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** Gives every part back: for a frame that is not sent after all. */
    public void release() {
        for (int i = 0; i < parts.size(); i++) {
            parts.get(i).release();
        }
    }
}
