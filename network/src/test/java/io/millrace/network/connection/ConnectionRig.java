package io.millrace.network.connection;

import io.millrace.network.frame.EncodedFrame;
import io.millrace.network.frame.Frames;
import io.millrace.network.frame.ReceiveBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A connection on an embedded channel and a hand-driven loop; its handler parks every request. */
final class ConnectionRig {

    /** A request that waits for the test to complete it. */
    record Parked(Request request, Responder responder) {

        int id() {
            return request.correlationId();
        }

        void answer(int bodyBytes) {
            ByteBufAllocator allocator = request.frame().alloc();
            request.frame().release();
            responder.send(EncodedFrame.of(Frames.answer(allocator, id(), bodyBytes)));
        }
    }

    final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    final NetworkMetrics metrics = new NetworkMetrics();
    final ManualLoop loop;
    final EmbeddedChannel channel = new EmbeddedChannel(DefaultChannelId.newInstance(), false, false);
    final List<Parked> parked = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    final ServerConnection connection;

    @Nullable
    RequestHandler inner;

    ConnectionRig(ConnectionLimits limits, boolean authenticates) {
        this(limits, authenticates, new InFlightBudget(1L << 40), new ManualLoop());
    }

    ConnectionRig(ConnectionLimits limits, ReceiveBudget receiveBudget, InFlightBudget budget, ManualLoop loop) {
        this(limits, false, budget, receiveBudget, loop);
    }

    ConnectionRig(ConnectionLimits limits, boolean authenticates, InFlightBudget budget, ManualLoop loop) {
        this(limits, authenticates, budget, new ReceiveBudget(1L << 40), loop);
    }

    private ConnectionRig(
            ConnectionLimits limits,
            boolean authenticates,
            InFlightBudget budget,
            ReceiveBudget receiveBudget,
            ManualLoop loop) {
        this.loop = loop;
        RequestHandler handler = new RequestHandler() {
            @Override
            public void handle(Request request, Responder responder) {
                if (inner != null) {
                    inner.handle(request, responder);
                } else {
                    parked.add(new Parked(request, responder));
                }
            }

            @Override
            public void connected(Connection opened) {
                events.add("connected");
            }

            @Override
            public void disconnected(Connection closed) {
                events.add("disconnected");
            }
        };
        ConnectionScope scope =
                new ConnectionScope(handler, limits, budget, receiveBudget, metrics, new CloseLog(loop.clock()));
        channel.config().setAllocator(allocator);
        connection = new ServerConnection(
                1,
                new ServerConnection.ListenerOf("TEST", authenticates),
                loop,
                channel,
                scope,
                closed -> events.add("closed"));
        channel.pipeline().addLast(connection);
        try {
            channel.register();
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    void receive(ByteBuf bytes) {
        channel.writeInbound(bytes);
    }

    void request(int id, int bodyBytes) {
        ByteBuf frame = Frames.request(id, "rig", bodyBytes);
        receive(allocator.directBuffer(frame.readableBytes()).writeBytes(frame));
        frame.release();
    }

    Parked parked(int id) {
        return Objects.requireNonNull(
                parked.stream().filter(one -> one.id() == id).findFirst().orElse(null));
    }

    List<Integer> parkedIds() {
        return parked.stream().map(Parked::id).toList();
    }

    /** The correlation ids of the answers that left. */
    List<Integer> answered() {
        ByteBuf all = allocator.heapBuffer();
        Object message;
        while ((message = channel.readOutbound()) != null) {
            ByteBuf buffer = (ByteBuf) message;
            all.writeBytes(buffer);
            buffer.release();
        }
        List<Integer> ids = new ArrayList<>();
        while (all.isReadable()) {
            int frameBytes = all.readInt();
            ids.add(all.readInt());
            all.skipBytes(frameBytes - 4);
        }
        all.release();
        return ids;
    }

    boolean reads() {
        return channel.config().isAutoRead();
    }

    void writable(boolean writable) {
        ChannelOutboundBuffer outbound = Objects.requireNonNull(channel.unsafe().outboundBuffer());
        outbound.setUserDefinedWritability(1, writable);
        channel.runPendingTasks();
    }

    long closedBecause(CloseReason reason) {
        return metrics.connectionsClosed(reason);
    }

    void finish() {
        connection.close(CloseReason.SHUTDOWN, "end of test");
        channel.finishAndReleaseAll();
        for (Parked one : parked) {
            if (one.request().frame().refCnt() > 0) {
                one.request().frame().release();
            }
        }
        loop.runAll();
    }
}
