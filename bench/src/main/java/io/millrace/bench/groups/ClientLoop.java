package io.millrace.bench.groups;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/** One selector and one queue of timers for all connections. Owned by the thread that calls {@link #runUntil}. */
final class ClientLoop implements AutoCloseable {

    /** More at once would overflow the broker's backlog, and a lost SYN costs a second. */
    private static final int MAX_CONNECTING = 64;

    private static final long NANOS_PER_MS = 1_000_000;
    private static final long LONGEST_SELECT_MS = 10;

    /** The sequence keeps timers of the same moment in order. */
    private record Timer(long atNs, long sequence, Runnable task) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(atNs, other.atNs);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    private final Selector selector;
    private final InetSocketAddress broker;
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final Deque<Runnable> toConnect = new ArrayDeque<>();
    private int connecting;
    private long timerCount;

    ClientLoop(String bootstrap) throws IOException {
        int colon = bootstrap.lastIndexOf(':');
        broker = new InetSocketAddress(bootstrap.substring(0, colon), Integer.parseInt(bootstrap.substring(colon + 1)));
        selector = Selector.open();
    }

    /** Connects as soon as there is room for one more, then calls {@code connected}. */
    void connect(MemberSocket socket, Runnable connected) {
        toConnect.add(() -> {
            try {
                SocketChannel channel = SocketChannel.open();
                channel.configureBlocking(false);
                boolean done = channel.connect(broker);
                connecting++;
                SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, socket);
                socket.open(channel, key, () -> {
                    connecting--;
                    connected.run();
                });
                if (done) {
                    socket.ready();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    void after(long delayNs, Runnable task) {
        timers.add(new Timer(System.nanoTime() + delayNs, timerCount++, task));
    }

    void runFor(long durationNs) throws IOException {
        long endNs = System.nanoTime() + durationNs;
        runUntil(() -> System.nanoTime() - endNs >= 0, 2 * durationNs);
    }

    /** Works until {@code done}; throws when that takes longer than the limit. */
    void runUntil(BooleanSupplier done, long limitNs) throws IOException {
        long endNs = System.nanoTime() + limitNs;
        while (!done.getAsBoolean()) {
            if (System.nanoTime() - endNs > 0) {
                throw new IOException("not done within " + limitNs / NANOS_PER_MS + " ms");
            }
            while (connecting < MAX_CONNECTING && !toConnect.isEmpty()) {
                toConnect.remove().run();
            }
            Timer next = timers.peek();
            long waitNs = next == null ? Long.MAX_VALUE : next.atNs() - System.nanoTime();
            if (waitNs > NANOS_PER_MS) {
                selector.select(ClientLoop::handle, Math.min(waitNs / NANOS_PER_MS, LONGEST_SELECT_MS));
            } else {
                selector.selectNow(ClientLoop::handle);
            }
            while ((next = timers.peek()) != null && next.atNs() - System.nanoTime() <= 0) {
                timers.poll();
                next.task().run();
            }
        }
    }

    private static void handle(SelectionKey key) {
        MemberSocket socket = (MemberSocket) key.attachment();
        try {
            if (key.isConnectable()) {
                socket.ready();
            }
            if (key.isValid() && key.isReadable()) {
                socket.readable();
            }
            if (key.isValid() && key.isWritable()) {
                socket.writable();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
