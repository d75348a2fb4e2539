package io.millrace.protocol.frame;

import io.millrace.protocol.Message;
import io.millrace.protocol.MessageWriter;
import io.millrace.protocol.UnencodableMessageException;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.RequestHeader;
import io.millrace.protocol.message.ResponseHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds frames in one pass over one buffer of exactly the right size.
 *
 * <pre>
 * | int32 length | header | body ... payload ... body |      length counts everything after itself
 * </pre>
 */
public final class FrameEncoder {
    private static final int LENGTH_BYTES = 4;

    private FrameEncoder() {}

    /** A response frame. Throws {@link UnencodableMessageException} when the version cannot carry the body; nothing leaks then. */
    public static EncodedMessage response(
            ByteBufAllocator allocator, ApiKey api, short version, int correlationId, Message body) {
        ResponseHeader header = new ResponseHeader().correlationId(correlationId);
        return frame(allocator, header, api.responseHeaderVersion(version), body, version);
    }

    /** A request frame. Throws {@link UnencodableMessageException} when the version cannot carry the body; nothing leaks then. */
    public static EncodedMessage request(
            ByteBufAllocator allocator,
            ApiKey api,
            short version,
            int correlationId,
            @Nullable String clientId,
            Message body) {
        RequestHeader header = new RequestHeader()
                .requestApiKey(api.id())
                .requestApiVersion(version)
                .correlationId(correlationId)
                .clientId(clientId);
        return frame(allocator, header, api.requestHeaderVersion(version), body, version);
    }

    private static EncodedMessage frame(
            ByteBufAllocator allocator, Message header, short headerVersion, Message body, short version) {
        int contentBytes = Math.addExact(header.size(headerVersion), body.size(version));
        int frameBytes = Math.addExact(contentBytes, LENGTH_BYTES);
        int copiedBytes = frameBytes - body.uncopiedBytes();
        ByteBuf buffer = allocator.buffer(copiedBytes, copiedBytes);
        boolean done = false;
        try {
            buffer.writeInt(contentBytes);
            MessageWriter writer = new MessageWriter(buffer);
            header.write(writer, headerVersion);
            body.write(writer, version);
            if (buffer.readableBytes() != copiedBytes) {
                throw new UnencodableMessageException("wrote " + buffer.readableBytes() + " of " + copiedBytes
                        + " bytes: the message changed meanwhile");
            }
            EncodedMessage frame = new EncodedMessage(frameBytes, parts(buffer, writer.splits()));
            done = true;
            return frame;
        } catch (IndexOutOfBoundsException e) {
            throw new UnencodableMessageException("the message grew while it was being written: " + e.getMessage());
        } finally {
            if (!done) {
                buffer.release();
            }
        }
    }

    private static List<EncodedMessage.Part> parts(ByteBuf buffer, List<MessageWriter.Split> splits) {
        if (splits.isEmpty()) {
            return List.of(new EncodedMessage.Bytes(buffer));
        }
        List<EncodedMessage.Part> parts = new ArrayList<>(2 * splits.size() + 1);
        for (MessageWriter.Split split : splits) {
            int length = split.writerIndex() - buffer.readerIndex();
            if (length > 0) {
                parts.add(new EncodedMessage.Bytes(buffer.readRetainedSlice(length)));
            }
            parts.add(new EncodedMessage.Records(split.payload()));
        }
        if (buffer.isReadable()) {
            parts.add(new EncodedMessage.Bytes(buffer.readRetainedSlice(buffer.readableBytes())));
        }
        // The slices hold references of their own; the first one was for us.
        buffer.release();
        return parts;
    }
}
