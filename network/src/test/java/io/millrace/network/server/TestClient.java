package io.millrace.network.server;

import io.netty.buffer.ByteBuf;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/** A blocking socket that speaks frames, nothing of the code under test in it. */
final class TestClient implements AutoCloseable {

    private static final int READ_TIMEOUT_MS = 60_000;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    TestClient(String host, int port) throws IOException {
        this(host, port, 0);
    }

    TestClient(String host, int port, int receiveBufferBytes) throws IOException {
        socket = new Socket();
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.connect(new InetSocketAddress(host, port), READ_TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_TIMEOUT_MS);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** Writes the buffer's readable bytes and releases it. */
    void send(ByteBuf frame) throws IOException {
        byte[] bytes = new byte[frame.readableBytes()];
        frame.readBytes(bytes);
        frame.release();
        sendBytes(bytes);
    }

    void sendBytes(byte... bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    void sendInt(int value) throws IOException {
        sendBytes((byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value);
    }

    record Answer(int correlationId, ByteBuffer body) {}

    Answer receive() throws IOException {
        int frameBytes = in.readInt();
        int correlationId = in.readInt();
        byte[] body = new byte[frameBytes - 4];
        in.readFully(body);
        return new Answer(correlationId, ByteBuffer.wrap(body));
    }

    /** Whether the server closed the connection, waiting for it. */
    boolean sawClose() throws IOException {
        try {
            while (in.read() >= 0) {
                // whatever was on its way
            }
            return true;
        } catch (EOFException | java.net.SocketException closed) {
            return true;
        }
    }

    InetSocketAddress localAddress() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
