package io.millrace.network.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;

/** Frames for tests: requests with a header of version 1, answers that are a correlation id and bytes. */
public final class Frames {

    private Frames() {}

    /** A whole request frame, length included; the body is {@code bodyBytes} bytes that depend on the correlation id. */
    public static ByteBuf request(int correlationId, String clientId, int bodyBytes) {
        byte[] client = clientId.getBytes(StandardCharsets.UTF_8);
        int frameBytes = 10 + client.length + bodyBytes;
        ByteBuf frame = allocator().directBuffer(4 + frameBytes);
        frame.writeInt(frameBytes)
                .writeShort(18)
                .writeShort(3)
                .writeInt(correlationId)
                .writeShort(client.length)
                .writeBytes(client)
                .writeBytes(body(correlationId, bodyBytes));
        return frame;
    }

    /** The readable bytes of {@code buffer}, which is released. */
    public static byte[] take(ByteBuf buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        buffer.release();
        return bytes;
    }

    /** What {@link #request} makes, without its length. */
    public static byte[] requestBytes(int correlationId, String clientId, int bodyBytes) {
        return take(request(correlationId, clientId, bodyBytes).skipBytes(4));
    }

    /** Bytes that depend on their position and on the correlation id. */
    public static byte[] body(int correlationId, int bodyBytes) {
        byte[] body = new byte[bodyBytes]; // in an array first: leak detection traces every access to a buffer
        for (int i = 0; i < bodyBytes; i++) {
            body[i] = bodyByte(correlationId, i);
        }
        return body;
    }

    public static byte bodyByte(int correlationId, int position) {
        return (byte) (correlationId * 31 + position * 7 + (position >>> 8));
    }

    /** A whole answer frame, length included. */
    public static ByteBuf answer(int correlationId, int bodyBytes) {
        return answer(allocator(), correlationId, bodyBytes);
    }

    /** A whole answer frame out of {@code allocator}, length included. */
    public static ByteBuf answer(ByteBufAllocator allocator, int correlationId, int bodyBytes) {
        ByteBuf frame = allocator.directBuffer(8 + bodyBytes);
        frame.writeInt(4 + bodyBytes).writeInt(correlationId).writeBytes(body(correlationId, bodyBytes));
        return frame;
    }

    public static ByteBufAllocator allocator() {
        return PooledByteBufAllocator.DEFAULT;
    }
}
