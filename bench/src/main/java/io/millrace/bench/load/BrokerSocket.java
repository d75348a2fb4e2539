package io.millrace.bench.load;

import io.millrace.protocol.Message;
import io.millrace.protocol.frame.EncodedMessage;
import io.millrace.protocol.frame.FrameEncoder;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.ApiMessages;
import io.millrace.protocol.message.ResponseHeader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** One blocking connection. One thread may write while another reads. */
public final class BrokerSocket implements AutoCloseable {

    private static final int LENGTH_BYTES = 4;

    private final SocketChannel channel;
    private final ByteBuffer lengthBuffer = ByteBuffer.allocateDirect(LENGTH_BYTES);
    private ByteBuffer frame = ByteBuffer.allocateDirect(1 << 20);

    public BrokerSocket(String bootstrap) throws IOException {
        int colon = bootstrap.lastIndexOf(':');
        channel = SocketChannel.open(
                new InetSocketAddress(bootstrap.substring(0, colon), Integer.parseInt(bootstrap.substring(colon + 1))));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    public void write(ByteBuffer frameBytes) throws IOException {
        while (frameBytes.hasRemaining()) {
            channel.write(frameBytes);
        }
    }

    /** The next frame without its length, valid until the next call. */
    public ByteBuffer read() throws IOException {
        lengthBuffer.clear();
        fill(lengthBuffer);
        int length = lengthBuffer.getInt(0);
        if (frame.capacity() < length) {
            frame = ByteBuffer.allocateDirect(Math.max(length, 2 * frame.capacity()));
        }
        frame.clear().limit(length);
        fill(frame);
        return frame.flip();
    }

    private void fill(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target) < 0) {
                throw new EOFException("the broker closed the connection");
            }
        }
    }

    /** A whole frame, direct. */
    public static ByteBuffer encode(ApiKey api, short version, int correlationId, Message request) {
        EncodedMessage encoded = FrameEncoder.request(
                UnpooledByteBufAllocator.DEFAULT, api, version, correlationId, "millrace-bench", request);
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(encoded.sizeBytes()));
        for (EncodedMessage.Part part : encoded.parts()) {
            if (part instanceof EncodedMessage.Bytes(ByteBuf buffer)) {
                bytes.put(buffer.nioBuffer());
                buffer.release();
            } else {
                throw new IllegalStateException("requests hold buffers only");
            }
        }
        return bytes.flip();
    }

    /** Sends one request and waits for its answer. */
    public Message call(ApiKey api, short version, Message request) throws IOException {
        write(encode(api, version, 0, request));
        return decode(read(), api, version);
    }

    public static Message decode(ByteBuffer answer, ApiKey api, short version) {
        ByteBuf in = Unpooled.wrappedBuffer(answer);
        ResponseHeader.read(in, api.responseHeaderVersion(version));
        return ApiMessages.readResponse(api, in, version);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
