package io.millrace.network.client;

import io.millrace.network.frame.EncodedFrame;
import io.millrace.network.frame.FrameReader;
import io.millrace.network.frame.FrameWriter;
import io.millrace.network.frame.OutboundSizes;
import io.millrace.network.frame.ReadTurns;
import io.millrace.network.frame.ReceiveMemory;
import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Timer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open connection to a server, for one request after the other or several at once. Owned by {@link #loop()}: every method is
 * called there, and so is every listener.
 *
 * <p>Answers come in the order of the requests; one that does not match the oldest request closes the channel, because whatever
 * follows could not be told apart. The oldest request's age is the only deadline, so a timer is moved once per answer at most.
 */
@SuppressWarnings("FutureReturnValueIgnored") // outcomes of channel operations arrive as channel events
public final class RequestChannel {

    private static final Logger LOG = LoggerFactory.getLogger(RequestChannel.class);
    private static final int MIN_FRAME_BYTES = 4;
    private static final int HIGH_WATER_BYTES = 1024 * 1024;
    private static final int LOW_WATER_BYTES = 256 * 1024;

    private record Waiting(int correlationId, long sentNs, ResponseListener listener) {}

    private final EventLoop loop;
    private final Channel channel;
    private final ClientSettings settings;
    private final FrameReader reader;
    private final FrameWriter writer;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final ArrayDeque<EncodedFrame> unsent = new ArrayDeque<>();
    private final Runnable sendTurn = this::sendTurn;

    private @Nullable Timer timeout;
    private @Nullable Runnable writableTask;
    private @Nullable Consumer<IOException> closeListener;
    private @Nullable IOException closeCause;
    private boolean sendRequested;
    private boolean readingPaused;
    private boolean open = true;

    RequestChannel(EventLoop loop, Channel channel, ClientSettings settings) {
        this.loop = loop;
        this.channel = channel;
        this.settings = settings;
        this.reader = new FrameReader(MIN_FRAME_BYTES, settings.maxFrameBytes(), ReceiveMemory.UNLIMITED);
        this.writer = new FrameWriter(channel, this::shut);
        channel.config()
                .setRecvByteBufAllocator(new ReadTurns(reader))
                .setMessageSizeEstimator(new OutboundSizes())
                .setWriteBufferWaterMark(new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES));
        channel.pipeline().addLast(new Events());
    }

    /**
     * Sends a request whose answer goes to {@code listener}.
     *
     * @return whether the request was taken over; false when {@link #canSend()} is
     */
    public boolean send(EncodedFrame request, int correlationId, ResponseListener listener) {
        loop.checkOwned();
        if (!canSend()) {
            return false;
        }
        waiting.addLast(new Waiting(correlationId, loop.clock().monotonicNs(), listener));
        if (timeout == null) {
            timeout = loop.schedule(TimeUnit.MILLISECONDS.toNanos(settings.requestTimeoutMs()), this::lookAtOldest);
        }
        enqueue(request);
        return true;
    }

    /** Sends a request that has no answer (acks=0); false when {@link #canSend()} is, and then nothing was taken over. */
    public boolean sendOneWay(EncodedFrame request) {
        loop.checkOwned();
        if (!canSend()) {
            return false;
        }
        enqueue(request);
        return true;
    }

    private void enqueue(EncodedFrame request) {
        unsent.addLast(request);
        requestSend();
    }

    private void requestSend() {
        if (!sendRequested) {
            sendRequested = true;
            loop.post(sendTurn); // all that is sent within one turn leaves with one flush
        }
    }

    private void sendTurn() {
        sendRequested = false;
        if (!open) {
            return;
        }
        long givenBytes = 0;
        try {
            while (open && givenBytes < ReadTurns.MAX_TURN_BYTES && channel.isWritable()) {
                if (!writer.busy()) {
                    EncodedFrame next = unsent.pollFirst();
                    if (next == null) {
                        break;
                    }
                    writer.start(next);
                }
                givenBytes += writer.write(ReadTurns.MAX_TURN_BYTES - givenBytes);
            }
            writer.flush();
        } catch (IOException failure) {
            shut(failure);
        }
        if (open && channel.isWritable() && (writer.busy() || !unsent.isEmpty())) {
            requestSend();
        }
        tellWritable();
    }

    /** Whether {@link #send} would take a request now: open, below the bound in flight, and the server reads. */
    public boolean canSend() {
        return open
                && waiting.size() < settings.maxInFlightRequests()
                && unsent.size() < settings.maxInFlightRequests()
                && channel.isWritable();
    }

    /** Runs {@code task} once when {@link #canSend()} becomes true; it replaces an earlier one. */
    public void onWritable(Runnable task) {
        loop.checkOwned();
        writableTask = task;
        if (canSend()) {
            loop.post(this::tellWritable);
        }
    }

    private void tellWritable() {
        Runnable task = writableTask;
        if (task != null && canSend()) {
            writableTask = null;
            task.run();
        }
    }

    /** Requests that wait for an answer. */
    public int inFlight() {
        return waiting.size();
    }

    private void deliver() {
        while (open && !readingPaused) {
            ByteBuf frame = reader.next();
            if (frame == null) {
                if (reader.fault() != null) {
                    shut(new IOException("answer of " + reader.declaredBytes() + " bytes from " + peerAddress()
                            + " is no frame in bounds"));
                }
                return;
            }
            deliver(frame);
        }
    }

    private void deliver(ByteBuf frame) {
        Waiting oldest = waiting.peekFirst();
        int correlationId = frame.getInt(frame.readerIndex());
        if (oldest == null || oldest.correlationId() != correlationId) {
            frame.release();
            shut(new IOException("answer " + correlationId + " from " + peerAddress() + " came where "
                    + (oldest == null ? "none" : oldest.correlationId()) + " was due"));
            return;
        }
        waiting.removeFirst();
        oldest.listener().onResponse(frame);
        tellWritable();
    }

    private void lookAtOldest() {
        timeout = null;
        Waiting oldest = waiting.peekFirst();
        if (!open || oldest == null) {
            return;
        }
        long timeoutNs = TimeUnit.MILLISECONDS.toNanos(settings.requestTimeoutMs());
        long leftNs = timeoutNs - (loop.clock().monotonicNs() - oldest.sentNs());
        if (leftNs <= 0) {
            shut(new IOException("no answer from " + peerAddress() + " within " + settings.requestTimeoutMs() + " ms"));
        } else {
            timeout = loop.schedule(leftNs, this::lookAtOldest);
        }
    }

    /** Stops reading answers; the server is slowed down in the end. Idempotent. */
    public void pauseReading() {
        loop.checkOwned();
        readingPaused = true;
        channel.config().setAutoRead(false);
    }

    /** Delivers what was read and reads on. Idempotent. */
    public void resumeReading() {
        loop.checkOwned();
        readingPaused = false;
        deliver();
        if (open && !readingPaused) {
            channel.config().setAutoRead(true);
        }
    }

    /** Closes at once; requests that wait fail. Idempotent. */
    public void close() {
        loop.checkOwned();
        shut(new IOException("connection to " + peerAddress() + " was closed by this client"));
    }

    public boolean isOpen() {
        return open;
    }

    /** Tells {@code listener} once when the channel has closed, at once if it has; it replaces an earlier one. */
    public void onClose(Consumer<IOException> listener) {
        loop.checkOwned();
        IOException cause = closeCause;
        if (cause != null) {
            listener.accept(cause);
        } else {
            closeListener = listener;
        }
    }

    public EventLoop loop() {
        return loop;
    }

    /** The address that was reached. */
    public InetSocketAddress peerAddress() {
        return channel.remoteAddress() instanceof InetSocketAddress peer
                ? peer
                : InetSocketAddress.createUnresolved("unknown", 0);
    }

    private void shut(IOException cause) {
        if (!open) {
            return;
        }
        open = false;
        closeCause = cause;
        if (timeout != null) {
            timeout.cancel();
        }
        channel.close(); // fails what waits in the channel, before the parts behind it are released below
        reader.close();
        writer.discard();
        EncodedFrame frame;
        while ((frame = unsent.pollFirst()) != null) {
            frame.release();
        }
        Waiting request;
        while ((request = waiting.pollFirst()) != null) {
            request.listener().onFailure(cause);
        }
        if (closeListener != null) {
            closeListener.accept(cause);
        }
    }

    /** The channel's events, all on the loop. */
    private final class Events extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            if (!open) {
                bytes.release();
                return;
            }
            reader.received(bytes);
            deliver();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (open && channel.isWritable()) {
                requestSend();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            shut(new IOException("connection to " + peerAddress() + " was closed by the server"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (cause instanceof IOException failure) {
                shut(failure);
            } else {
                LOG.error("peer={} a response listener failed", peerAddress(), cause);
                shut(new IOException("a response listener failed: " + cause, cause));
            }
        }
    }
}
