package io.millrace.bench.groups;

import io.millrace.bench.load.BrokerSocket;
import io.millrace.protocol.Message;
import io.millrace.protocol.message.ApiKey;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A connection that never blocks; answers come in the order of the requests. Owned by the loop's thread. */
final class MemberSocket {

    private static final int LENGTH_BYTES = 4;
    private static final int FIRST_BUFFER_BYTES = 1024;

    /** Gets an answer and how long it took. */
    interface OnAnswer {
        void answered(Message answer, long tookNs);
    }

    private record Asked(ApiKey api, short version, long atNs, OnAnswer onAnswer) {}

    private final Deque<ByteBuffer> out = new ArrayDeque<>();
    private final Deque<Asked> asked = new ArrayDeque<>();
    private ByteBuffer in = ByteBuffer.allocate(FIRST_BUFFER_BYTES);
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private @Nullable Runnable connected;

    void open(SocketChannel opened, SelectionKey registered, Runnable onConnected) {
        channel = opened;
        key = registered;
        connected = onConnected;
    }

    private SocketChannel channel() throws IOException {
        SocketChannel open = channel;
        if (open == null) {
            throw new IOException("not connected");
        }
        return open;
    }

    private void interest(int operations) {
        SelectionKey registered = key;
        if (registered != null) {
            registered.interestOps(operations);
        }
    }

    void ready() throws IOException {
        Runnable first = connected;
        if (first != null && (channel().isConnected() || channel().finishConnect())) {
            connected = null;
            channel().setOption(StandardSocketOptions.TCP_NODELAY, true);
            interest(SelectionKey.OP_READ);
            first.run();
        }
    }

    void send(ApiKey api, int version, Message request, OnAnswer onAnswer) {
        asked.add(new Asked(api, (short) version, System.nanoTime(), onAnswer));
        out.add(BrokerSocket.encode(api, (short) version, 0, request));
        try {
            writable();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void writable() throws IOException {
        ByteBuffer first;
        while ((first = out.peek()) != null) {
            channel().write(first);
            if (first.hasRemaining()) {
                interest(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                return;
            }
            out.poll();
        }
        interest(SelectionKey.OP_READ);
    }

    void readable() throws IOException {
        if (channel().read(in) < 0) {
            throw new EOFException("the broker closed a member's connection");
        }
        in.flip();
        while (in.remaining() >= LENGTH_BYTES && in.remaining() >= LENGTH_BYTES + in.getInt(in.position())) {
            int length = in.getInt();
            Asked answered = asked.remove();
            ByteBuffer frame = in.slice(in.position(), length);
            in.position(in.position() + length);
            answered.onAnswer()
                    .answered(
                            BrokerSocket.decode(frame, answered.api(), answered.version()),
                            System.nanoTime() - answered.atNs());
            if (!channel().isOpen()) {
                return;
            }
        }
        int needed = in.remaining() >= LENGTH_BYTES ? LENGTH_BYTES + in.getInt(in.position()) : FIRST_BUFFER_BYTES;
        if (needed > in.capacity()) {
            in = ByteBuffer.allocate(needed).put(in);
        } else {
            in.compact();
        }
    }

    void close() throws IOException {
        channel().close();
    }
}
