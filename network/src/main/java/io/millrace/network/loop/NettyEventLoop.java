package io.millrace.network.loop;

import io.millrace.runtime.Clock;
import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Timer;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event loop that is a Netty I/O loop: sockets' events and posted tasks share its one thread. Thread-safe; the loop is
 * its own owner.
 *
 * <p>A task that throws is logged and counted here, and the loop goes on. Posting to a loop that was closed throws
 * {@link java.util.concurrent.RejectedExecutionException}.
 */
public final class NettyEventLoop implements EventLoop {

    private static final Logger LOG = LoggerFactory.getLogger(NettyEventLoop.class);

    private final String name;
    private final Clock clock;
    private final Transport transport;
    private final ByteBufAllocator allocator;
    private final IoEventLoop netty;
    private final LongAdder failures;

    NettyEventLoop(
            String name,
            Clock clock,
            Transport transport,
            ByteBufAllocator allocator,
            IoEventLoop netty,
            LongAdder failures) {
        this.name = name;
        this.clock = clock;
        this.transport = transport;
        this.allocator = allocator;
        this.netty = netty;
        this.failures = failures;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Clock clock() {
        return clock;
    }

    /** Where channels of this loop are registered. */
    public IoEventLoop netty() {
        return netty;
    }

    /** Where buffers of this loop's channels come from. */
    public ByteBufAllocator allocator() {
        return allocator;
    }

    /** Gives {@code channel} to this loop; its events happen here from then on. From any thread. */
    public ChannelFuture register(Channel channel) {
        channel.config().setAllocator(allocator);
        EventLoopGroup group = netty; // the narrower type's method of this name is deprecated
        return group.register(channel);
    }

    public Transport transport() {
        return transport;
    }

    @Override
    public void post(Runnable task) {
        netty.execute(new Guarded(this, task));
    }

    @Override
    public Timer schedule(long delayNs, Runnable task) {
        Future<?> scheduled =
                netty.schedule((Runnable) new Guarded(this, task), Math.max(0, delayNs), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    @Override
    public boolean isOwner() {
        return netty.inEventLoop();
    }

    @Override
    public String toString() {
        return name;
    }

    /** The loop's edge: nothing that a task throws gets past it. */
    private record Guarded(NettyEventLoop loop, Runnable task) implements Runnable {

        @Override
        public void run() {
            try {
                task.run();
            } catch (Throwable failure) {
                loop.failures.increment();
                LOG.error("loop={} task={} failed; the loop goes on", loop.name, task, failure);
            }
        }
    }
}
