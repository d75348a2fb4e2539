package io.millrace.network.loop;

import io.millrace.runtime.Clock;
import io.millrace.runtime.SystemClock;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * All loops of one process: {@code shard-0 .. shard-(n-1)} and one {@code control} loop. Thread-safe. Threads start with the
 * first task and are daemons, so that whoever starts the process decides how long it lives.
 */
@SuppressWarnings("FutureReturnValueIgnored") // outcomes of channel operations arrive as channel events
public final class ShardLoops implements AutoCloseable {

    private static final int MAX_SHARDS = 1024;
    private static final long STOP_TIMEOUT_MS = 5_000;

    private final Transport transport;
    private final ByteBufAllocator allocator;
    private final LongAdder failures = new LongAdder();
    private final List<MultiThreadIoEventLoopGroup> groups = new ArrayList<>();
    private final List<NettyEventLoop> shards;
    private final NettyEventLoop control;

    /** Loops on the best transport of this machine. */
    public ShardLoops(int shardCount) {
        this(shardCount, Transport.best());
    }

    /** @param shardCount 1 to 1024 */
    public ShardLoops(int shardCount, Transport transport) {
        this(shardCount, transport, PooledByteBufAllocator.DEFAULT);
    }

    /**
     * @param shardCount 1 to 1024
     * @param allocator of all buffers on these loops; must give direct memory
     */
    public ShardLoops(int shardCount, Transport transport, ByteBufAllocator allocator) {
        if (shardCount < 1 || shardCount > MAX_SHARDS) {
            throw new IllegalArgumentException("shards=" + shardCount + " must be 1 to " + MAX_SHARDS);
        }
        this.transport = transport;
        this.allocator = allocator;
        Clock clock = new SystemClock();
        List<NettyEventLoop> made = new ArrayList<>(shardCount);
        for (int shard = 0; shard < shardCount; shard++) {
            made.add(newLoop("shard-" + shard, clock));
        }
        shards = List.copyOf(made);
        control = newLoop("control", clock);
    }

    // One group per loop: a group of many starts its threads in the order of first use, which would mix up the names.
    private NettyEventLoop newLoop(String name, Clock clock) {
        MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(
                1,
                task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                },
                transport.ioHandlers());
        groups.add(group);
        return new NettyEventLoop(name, clock, transport, allocator, group.next(), failures);
    }

    /** Immutable, in shard order. */
    public List<NettyEventLoop> shards() {
        return shards;
    }

    public NettyEventLoop shard(int index) {
        return shards.get(index);
    }

    public NettyEventLoop control() {
        return control;
    }

    /** Where buffers for these loops' connections come from; pooled unless a test asked for another one. */
    public ByteBufAllocator allocator() {
        return allocator;
    }

    public Transport transport() {
        return transport;
    }

    /** How many tasks threw so far, over all loops. */
    public long failures() {
        return failures.sum();
    }

    /** Stops all loops once their queued tasks ran, waiting at most 5 s each; from a thread that is none of them. */
    @Override
    public void close() {
        for (MultiThreadIoEventLoopGroup group : groups) {
            group.shutdownGracefully(0, STOP_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        }
        for (MultiThreadIoEventLoopGroup group : groups) {
            group.terminationFuture().awaitUninterruptibly(STOP_TIMEOUT_MS);
        }
    }
}
