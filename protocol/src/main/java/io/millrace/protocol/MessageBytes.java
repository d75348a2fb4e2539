package io.millrace.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/**
 * Encodes messages that travel inside records, for code that knows no {@code ByteBuf}.
 *
 * <pre>
 * record key    int16 record type, key message version 0
 * record value  int16 version, value message
 * </pre>
 *
 * Decoding is the message's {@code read(ByteBuffer, short)} after the int16.
 */
public final class MessageBytes {
    private MessageBytes() {}

    /** The message alone, in a buffer of exactly its size. */
    public static ByteBuffer encode(Message message, short version) {
        return encode(message, version, 0, (short) 0);
    }

    /** The version, then the message: the value of a record of an internal log. */
    public static ByteBuffer encodeVersioned(Message message, short version) {
        return encode(message, version, 2, version);
    }

    /** The record type, then the message in version 0: the key of a record of a coordinator's log. */
    public static ByteBuffer encodeKey(Message message) {
        return encode(message, (short) 0, 2, message.apiKey());
    }

    private static ByteBuffer encode(Message message, short version, int prefixBytes, short prefix) {
        int bytes = prefixBytes + message.size(version);
        ByteBuf out = Unpooled.buffer(bytes, bytes);
        if (prefixBytes != 0) {
            out.writeShort(prefix);
        }
        MessageWriter writer = new MessageWriter(out);
        message.write(writer, version);
        if (!writer.splits().isEmpty() || out.readableBytes() != bytes) {
            throw new UnencodableMessageException("wrote " + out.readableBytes() + " of " + bytes
                    + " bytes of a message " + "that must stand in one buffer");
        }
        return ByteBuffer.wrap(out.array(), out.arrayOffset(), bytes);
    }
}
