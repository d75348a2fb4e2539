package io.millrace.network.http;

import io.millrace.network.loop.NettyEventLoop;
import io.millrace.runtime.Timer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: one request at a time, each phase under its own deadline. Owned by the server's loop.
 *
 * <pre>
 *            first byte             whole request          answer             last byte left, keep-alive
 *   IDLE ---------------> RECEIVING -----------> HANDLING -------> WRITING --------------------------> IDLE
 *    |                    ^     |                   |                | |
 *    | idle timeout       |     | refused, timeout  | timeout (503)  | | asked to close
 *    v                  accept  +-------------------+----> WRITING --+ +--------> CLOSED
 *  CLOSED                                                            | refused: the client may still be sending
 *                                                                    v
 *                                                                LINGERING --- its end, 64 KiB or 1 s ---> CLOSED
 * </pre>
 *
 * <p>Reading stops from the whole request to its answer's last byte and goes on when nothing decoded waits, so pipelined requests
 * wait in the socket but for one read's worth. Lingering keeps the kernel from resetting the connection before the client has read why it was refused.
 */
@SuppressWarnings("FutureReturnValueIgnored") // outcomes of channel operations arrive as channel events
final class HttpConnection extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);
    private static final long LINGER_MS = 1_000;
    private static final long MAX_LINGER_BYTES = 64 * 1024;

    private enum Phase {
        IDLE,
        RECEIVING,
        HANDLING,
        WRITING,
        LINGERING,
        CLOSED
    }

    /** What every connection of one server shares, and whom it asks. */
    interface Server {

        NettyEventLoop loop();

        HttpSettings settings();

        HttpMetrics metrics();

        /** Gets {@code call} answered, now or later. */
        void dispatch(HttpCall call);

        void closed(HttpConnection connection);
    }

    private final Server server;
    private final SocketChannel channel;

    /** Parts of requests in the order of arrival; at most what one read brought. */
    private final Queue<Object> decoded = new ArrayDeque<>();

    private Phase phase = Phase.RECEIVING;
    private long phaseSinceNs;
    private @Nullable Timer deadline;
    private RequestHead.@Nullable Target target;
    private @Nullable Call call;
    private boolean refused;
    private long lingerBytes;

    HttpConnection(Server server, SocketChannel channel) {
        this.server = server;
        this.channel = channel;
    }

    /** Sees bytes before they are requests: a deadline runs from the first one on. */
    final class Intake extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (phase == Phase.LINGERING || phase == Phase.CLOSED) {
                lingerBytes += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
                ReferenceCountUtil.release(message);
                if (lingerBytes > MAX_LINGER_BYTES) {
                    close();
                }
                return;
            }
            if (phase == Phase.IDLE) {
                enter(Phase.RECEIVING, server.settings().requestTimeoutMs());
            }
            ctx.fireChannelRead(message);
        }
    }

    /** Whether it waits for a request that has not begun. */
    boolean idles() {
        return phase == Phase.IDLE;
    }

    /** Since when the connection is in its phase, by the loop's monotonic clock. */
    long phaseSinceNs() {
        return phaseSinceNs;
    }

    void close() {
        if (phase != Phase.CLOSED) {
            phase = Phase.CLOSED;
            cancelDeadline();
            call = null;
            dropDecoded();
            server.closed(this);
            channel.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        enter(Phase.RECEIVING, server.settings().requestTimeoutMs());
        channel.read();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("listener={} peer={} closed", server.settings().name(), channel.remoteAddress(), cause);
        close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (phase == Phase.LINGERING || phase == Phase.CLOSED) {
            ReferenceCountUtil.release(message);
            return;
        }
        decoded.add(message);
        pump();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        readIfWanted();
    }

    /** Takes what was decoded until a request is whole; what is pipelined behind it stays. */
    private void pump() {
        while (phase == Phase.IDLE || phase == Phase.RECEIVING) {
            Object message = decoded.poll();
            if (message == null) {
                return;
            }
            if (phase == Phase.IDLE) {
                enter(Phase.RECEIVING, server.settings().requestTimeoutMs()); // was pipelined behind the last one
            }
            try {
                received(message);
            } finally {
                ReferenceCountUtil.release(message);
            }
        }
    }

    /** Reads only when nothing waits, so that one read's worth of pipelined requests is all that ever does. */
    private void readIfWanted() {
        if (decoded.isEmpty() && (phase == Phase.IDLE || phase == Phase.RECEIVING)) {
            channel.read();
        }
    }

    private void received(Object message) {
        if (message instanceof HttpRequest request) {
            switch (RequestHead.of(request, server.settings())) {
                case RequestHead.Refused head -> refuse(head);
                case RequestHead.Target head -> target = head;
            }
        } else if (message instanceof LastHttpContent && target != null) {
            handle(target);
        } else if (message instanceof HttpContent) {
            refuse(RequestHead.refused(HttpResponseStatus.BAD_REQUEST, "no request here takes a body"));
        }
    }

    private void handle(RequestHead.Target head) {
        enter(Phase.HANDLING, server.settings().requestTimeoutMs());
        Call next = new Call(head);
        call = next;
        server.dispatch(next);
    }

    private void refuse(RequestHead.Refused head) {
        refused = true;
        write(head.answer(), HttpVersion.HTTP_1_1, false);
    }

    private void answered(Call answeredCall, HttpAnswer answer) {
        if (call == answeredCall) { // else it timed out or the client left
            call = null;
            write(answer, answeredCall.head.version(), answeredCall.head.keepAlive());
        }
    }

    private void write(HttpAnswer answer, HttpVersion version, boolean keepAlive) {
        target = null;
        enter(Phase.WRITING, server.settings().requestTimeoutMs());
        server.metrics().answered(answer.status());
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                Unpooled.wrappedBuffer(answer.body()));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, answer.bodyBytes())
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("X-Content-Type-Options", "nosniff");
        if (answer.status() == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
            response.headers().set(HttpHeaderNames.ALLOW, RequestHead.METHODS);
        }
        HttpUtil.setKeepAlive(response.headers(), version, keepAlive);
        channel.writeAndFlush(response).addListener(written -> {
            if (phase != Phase.WRITING) {
                return;
            }
            if (!written.isSuccess()) {
                close();
            } else if (refused) {
                linger();
            } else if (keepAlive) {
                server.loop().post(this::awaitNext); // not from here: a queue of pipelined requests would nest
            } else {
                close();
            }
        });
    }

    private void awaitNext() {
        if (phase == Phase.WRITING) {
            enter(Phase.IDLE, server.settings().idleTimeoutMs());
            pump();
            readIfWanted();
        }
    }

    private void dropDecoded() {
        for (Object message = decoded.poll(); message != null; message = decoded.poll()) {
            ReferenceCountUtil.release(message);
        }
    }

    private void linger() {
        dropDecoded();
        enter(Phase.LINGERING, LINGER_MS);
        channel.shutdownOutput();
        channel.config().setAutoRead(true);
    }

    private void enter(Phase next, long timeoutMs) {
        phase = next;
        phaseSinceNs = server.loop().clock().monotonicNs();
        cancelDeadline();
        deadline = server.loop().schedule(TimeUnit.MILLISECONDS.toNanos(timeoutMs), () -> expired(next, timeoutMs));
    }

    private void expired(Phase waitedIn, long timeoutMs) {
        if (phase != waitedIn) {
            return;
        }
        switch (waitedIn) {
            case RECEIVING -> {
                server.metrics().timedOut();
                refuse(RequestHead.refused(
                        HttpResponseStatus.REQUEST_TIMEOUT, "the request did not arrive in " + timeoutMs + " ms"));
            }
            case HANDLING -> {
                call = null;
                refuse(RequestHead.refused(
                        HttpResponseStatus.SERVICE_UNAVAILABLE, "no answer was ready in " + timeoutMs + " ms"));
            }
            case WRITING -> {
                server.metrics().timedOut();
                close();
            }
            case IDLE, LINGERING, CLOSED -> close();
        }
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
    }

    private final class Call implements HttpCall {

        private final RequestHead.Target head;
        private final AtomicBoolean answered = new AtomicBoolean();

        Call(RequestHead.Target head) {
            this.head = head;
        }

        @Override
        public String path() {
            return head.path();
        }

        @Override
        public String query() {
            return head.query();
        }

        @Override
        public void answer(HttpAnswer answer) {
            if (!answered.compareAndSet(false, true)) {
                throw new IllegalStateException("a second answer to " + head.path());
            }
            if (server.loop().isOwner()) {
                answered(this, answer);
                return;
            }
            try {
                server.loop().post(() -> answered(this, answer));
            } catch (RejectedExecutionException stopped) {
                LOG.debug(
                        "listener={} stopped before an answer",
                        server.settings().name(),
                        stopped);
            }
        }
    }
}
