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
    /** Many small answers in one system call: the generator must not be the limit. */
    private static final int INPUT_BYTES = 64 << 10;

    private final SocketChannel channel;
    /** Received and not yet taken, between position and limit. */
    private final ByteBuffer input = ByteBuffer.allocateDirect(INPUT_BYTES).limit(0);

    private ByteBuffer frame = ByteBuffer.allocateDirect(1 << 20);

    public BrokerSocket(String bootstrap) throws IOException {
        int colon = bootstrap.lastIndexOf(':');
        channel = SocketChannel.open(
                new InetSocketAddress(bootstrap.substring(0, colon), Integer.parseInt(bootstrap.substring(colon + 1))));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    /** Several frames in as few system calls as the socket takes them in; the last one is not empty. */
    public void write(ByteBuffer[] frames, int count) throws IOException {
        while (frames[count - 1].hasRemaining()) {
            channel.write(frames, 0, count);
        }
    }

    public void write(ByteBuffer frameBytes) throws IOException {
        while (frameBytes.hasRemaining()) {
            channel.write(frameBytes);
        }
    }

    /** The next frame without its length, valid until the next call. */
    public ByteBuffer read() throws IOException {
        while (input.remaining() < LENGTH_BYTES) {
            input.compact();
            receive(input);
            input.flip();
        }
        int length = input.getInt();
        if (frame.capacity() < length) {
            frame = ByteBuffer.allocateDirect(Math.max(length, 2 * frame.capacity()));
        }
        frame.clear().limit(length);
        int here = Math.min(length, input.remaining());
        frame.put(0, input, input.position(), here).position(here);
        input.position(input.position() + here);
        while (frame.hasRemaining()) {
            receive(frame);
        }
        return frame.flip();
    }

    private void receive(ByteBuffer target) throws IOException {
        if (channel.read(target) < 0) {
            throw new EOFException("the broker closed the connection");
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
