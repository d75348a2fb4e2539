package io.millrace.hostile.idle;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Many open connections of one client. Owned by its thread. */
final class IdleConnections implements AutoCloseable {

    /** ApiVersions v0: a request that every client begins with. */
    private static final byte[] API_VERSIONS = {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, -1, -1};

    private final InetSocketAddress broker;
    private final List<SocketChannel> open = new ArrayList<>();

    IdleConnections(int port) {
        this.broker = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    int count() {
        return open.size();
    }

    void open(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            open.add(SocketChannel.open(broker));
        }
    }

    /** One ApiVersions on each; the answers are read. */
    void talk() throws IOException {
        for (SocketChannel each : open) {
            each.write(ByteBuffer.wrap(API_VERSIONS));
        }
        for (SocketChannel each : open) {
            ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
            readFully(each, length);
            readFully(each, ByteBuffer.allocate(length.getInt(0)));
        }
    }

    private static void readFully(SocketChannel channel, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into) < 0) {
                throw new IOException("closed instead of answered");
            }
        }
    }

    /** How many the broker has closed by the time that {@code wanted} are, or the time is over. */
    int awaitClosed(int wanted, long patienceMs) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMs);
        int closed;
        do {
            closed = 0;
            for (SocketChannel each : open) {
                closed += isClosed(each) ? 1 : 0;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        } while (closed < wanted && System.nanoTime() < end);
        return closed;
    }

    private static boolean isClosed(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        try {
            return channel.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel each : open) {
            each.setOption(StandardSocketOptions.SO_LINGER, 0);
            each.close();
        }
        open.clear();
    }
}
