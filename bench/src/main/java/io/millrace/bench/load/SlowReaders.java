package io.millrace.bench.load;

import io.millrace.protocol.message.ApiKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Connections that asked for a lot and take one byte a second: what the broker sends piles up in the socket's buffers, and in the
 * broker, if it lets it. Owned by the program's thread.
 */
public final class SlowReaders implements AutoCloseable {

    private static final int RECEIVE_BUFFER_BYTES = 4096;
    /** More than the kernel's send buffer takes, so that the rest waits in the broker. */
    private static final int MAX_BYTES = 16 << 20;

    private final List<SocketChannel> channels = new ArrayList<>();
    private long bytes;
    private int ended;

    /** @param partitions of the topic, asked for in turn, each from its beginning */
    public SlowReaders(int port, int count, String topic, int partitions) throws IOException {
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open();
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
            channel.connect(new InetSocketAddress("localhost", port));
            ByteBuffer request = BrokerSocket.encode(
                    ApiKey.FETCH, FetchLoad.VERSION, 0, FetchLoad.request(topic, i % partitions, 0, MAX_BYTES));
            while (request.hasRemaining()) {
                channel.write(request);
            }
            channel.configureBlocking(false);
            channels.add(channel);
        }
    }

    /** Takes one byte of each every second. */
    public void readFor(int seconds) throws InterruptedException {
        ByteBuffer one = ByteBuffer.allocateDirect(1);
        for (int second = 0; second < seconds; second++) {
            ended = 0;
            for (SocketChannel channel : channels) {
                try {
                    int read = channel.read(one.clear());
                    bytes += Math.max(0, read);
                    ended += read < 0 ? 1 : 0;
                } catch (IOException e) {
                    ended++;
                }
            }
            TimeUnit.SECONDS.sleep(1);
        }
    }

    public long bytes() {
        return bytes;
    }

    /** Connections that the broker closed. */
    public int ended() {
        return ended;
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
