package io.millrace.client.connection;

import io.millrace.client.error.ClientClosedException;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.ConnectionException;
import io.millrace.client.error.OutcomeUnknownException;
import io.millrace.client.error.UnsupportedApiException;
import io.millrace.network.client.ConnectListener;
import io.millrace.network.client.Connector;
import io.millrace.network.client.RequestChannel;
import io.millrace.network.client.ResponseListener;
import io.millrace.network.frame.BufferPart;
import io.millrace.network.frame.EncodedFrame;
import io.millrace.network.frame.FramePart;
import io.millrace.protocol.MalformedMessageException;
import io.millrace.protocol.Message;
import io.millrace.protocol.UnencodableMessageException;
import io.millrace.protocol.frame.EncodedMessage;
import io.millrace.protocol.frame.FrameEncoder;
import io.millrace.protocol.message.ApiMessages;
import io.millrace.protocol.message.ResponseHeader;
import io.millrace.runtime.EventLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to one broker, opened when first needed and again after it was lost. Owned by the client's loop.
 *
 * <pre>
 *            send                 open               ApiVersions
 *   Resting ------> Connecting -----------> Greeting -----------> Ready
 *      ^                |        socket        |        table       |
 *      +----------------+----------------------+--------------------+      failed or lost: rests for the backoff, then
 *                                                                          the next send connects again
 *   any state -- close --> Closed
 * </pre>
 *
 * <p>Requests wait (at most {@value #MAX_WAITING}) while the connection opens or its window is full. What waits when the
 * connection fails was not sent; what was written may have been seen.
 */
public final class BrokerLink {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerLink.class);
    private static final int MAX_WAITING = 256;

    private sealed interface State {}

    private record Resting(long untilNs, @Nullable ClientException lastFailure) implements State {}

    private record Connecting() implements State {}

    private record Greeting(RequestChannel channel) implements State {}

    private record Ready(RequestChannel channel, BrokerVersions versions) implements State {}

    private record Closed() implements State {}

    private record Waiting(ClientRequest request, ReplyListener listener) {}

    private final EventLoop loop;
    private final Connector connector;
    private final ClientConfig config;
    private final ServerAddress address;
    private final Backoff backoff;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private State state;
    private int correlationId;

    BrokerLink(EventLoop loop, Connector connector, ClientConfig config, ServerAddress address) {
        this.loop = loop;
        this.connector = connector;
        this.config = config;
        this.address = address;
        this.backoff = new Backoff(config.retryBackoffMs(), config.retryBackoffMaxMs());
        this.state = new Resting(loop.clock().monotonicNs(), null);
    }

    public ServerAddress address() {
        return address;
    }

    /** Open and negotiated. */
    public boolean isReady() {
        return state instanceof Ready;
    }

    /** Whether a request sent now would be written now. */
    public boolean canSendNow() {
        return state instanceof Ready ready
                && waiting.isEmpty()
                && ready.channel().canSend();
    }

    /** Why the last attempt failed, while the link rests; null when a send would do something. */
    public @Nullable ClientException restingAfter() {
        return state instanceof Resting resting
                        && resting.untilNs() - loop.clock().monotonicNs() > 0
                ? resting.lastFailure()
                : null;
    }

    /** Nothing waits and nothing is unanswered. */
    public boolean isIdle() {
        return waiting.isEmpty()
                && switch (state) {
                    case Resting ignored -> true;
                    case Connecting ignored -> false;
                    case Greeting ignored -> false;
                    case Ready ready -> ready.channel().inFlight() == 0;
                    case Closed ignored -> true;
                };
    }

    /** Opens the connection unless it is open, opening or resting. */
    public void open() {
        loop.checkOwned();
        if (state instanceof Resting && restingAfter() == null) {
            connect();
        }
    }

    /** Sends a request when the connection allows it. */
    public void send(ClientRequest request, ReplyListener listener) {
        loop.checkOwned();
        switch (state) {
            case Resting resting -> {
                ClientException failure = restingAfter();
                if (failure != null) {
                    later(listener, new Reply.NotSent(failure));
                } else {
                    waiting.addLast(new Waiting(request, listener));
                    connect();
                }
            }
            case Connecting ignored -> enqueue(request, listener);
            case Greeting ignored -> enqueue(request, listener);
            case Ready ready -> {
                enqueue(request, listener);
                drain();
            }
            case Closed ignored ->
                later(listener, new Reply.NotSent(new ClientClosedException("request to " + address)));
        }
    }

    private void enqueue(ClientRequest request, ReplyListener listener) {
        if (waiting.size() >= MAX_WAITING) {
            later(
                    listener,
                    new Reply.NotSent(new ConnectionException(
                            MAX_WAITING + " requests wait for " + address + " already: wait for answers first", null)));
            return;
        }
        waiting.addLast(new Waiting(request, listener));
    }

    private void later(ReplyListener listener, Reply reply) {
        loop.post(() -> listener.onReply(reply));
    }

    private void connect() {
        state = new Connecting();
        connector.connect(address.host(), address.port(), new ConnectListener() {
            @Override
            public void connected(RequestChannel channel) {
                opened(channel);
            }

            @Override
            public void failed(IOException cause) {
                connectFailed(cause);
            }
        });
    }

    private void connectFailed(IOException cause) {
        if (!(state instanceof Closed)) {
            rest(ConnectFailures.describe(address, cause));
        }
    }

    private void opened(RequestChannel channel) {
        if (state instanceof Closed) {
            channel.close();
            return;
        }
        state = new Greeting(channel);
        channel.onClose(cause -> lost(channel, cause));
        new Greeter(address, config.clientId(), channel, new Greeter.Outcome() {
                    @Override
                    public void agreed(BrokerVersions versions) {
                        if (state instanceof Greeting greeting && greeting.channel() == channel) {
                            state = new Ready(channel, versions);
                            backoff.reset();
                            drain();
                        }
                    }

                    @Override
                    public void refused(String why) {
                        channel.close();
                        LOG.debug("broker={} greeting failed: {}", address, why);
                    }
                })
                .greet();
    }

    private void lost(RequestChannel channel, IOException cause) {
        switch (state) {
            case Greeting greeting
            when greeting.channel() == channel ->
                rest(new ConnectionException(
                        "the server at " + address
                                + " closed the connection before it said which versions it speaks: is it a"
                                + " Kafka listener without TLS and authentication? (" + cause.getMessage() + ")",
                        cause));
            case Ready ready
            when ready.channel() == channel -> {
                LOG.debug("broker={} connection lost: {}", address, cause.getMessage());
                rest(new ConnectionException("lost the connection to " + address + ": " + cause.getMessage(), cause));
            }
            case Resting ignored -> {}
            case Connecting ignored -> {}
            case Greeting ignored -> {}
            case Ready ignored -> {}
            case Closed ignored -> {}
        }
    }

    private void rest(ClientException failure) {
        state = new Resting(loop.clock().monotonicNs() + backoff.nextNs(), failure);
        failWaiting(failure);
    }

    private void failWaiting(ClientException failure) {
        List<Waiting> unsent = new ArrayList<>(waiting);
        waiting.clear();
        for (Waiting each : unsent) {
            later(each.listener(), new Reply.NotSent(failure));
        }
    }

    /** Closes for good; what waits fails. */
    void close() {
        State before = state;
        state = new Closed();
        failWaiting(new ClientClosedException("request to " + address));
        switch (before) {
            case Greeting greeting -> greeting.channel().close();
            case Ready ready -> ready.channel().close();
            case Resting ignored -> {}
            case Connecting ignored -> {}
            case Closed ignored -> {}
        }
    }

    private void drain() {
        while (state instanceof Ready ready && !waiting.isEmpty()) {
            if (!ready.channel().canSend()) {
                ready.channel().onWritable(this::drain);
                return;
            }
            Waiting next = waiting.removeFirst();
            transmit(ready, next.request(), next.listener());
        }
    }

    private void transmit(Ready ready, ClientRequest request, ReplyListener listener) {
        int id = ++correlationId;
        short version;
        EncodedFrame frame;
        try {
            version = ready.versions().choose(request.api());
            Message message = request.body().forVersion(version);
            frame = frameOf(FrameEncoder.request(
                    PooledByteBufAllocator.DEFAULT, request.api().api(), version, id, config.clientId(), message));
        } catch (UnsupportedApiException e) {
            later(listener, new Reply.NotSent(e));
            return;
        } catch (UnencodableMessageException e) {
            later(
                    listener,
                    new Reply.NotSent(new UnsupportedApiException(
                            request.api().api().displayName() + " to " + address
                                    + ": the broker's version cannot carry the request: " + e.getMessage(),
                            e)));
            return;
        }
        if (!request.expectsReply()) {
            ready.channel().sendOneWay(frame);
            later(listener, new Reply.SentOneWay());
            return;
        }
        ready.channel().send(frame, id, new Answer(ready.channel(), request.api(), version, listener));
    }

    static EncodedFrame frameOf(EncodedMessage message) {
        List<FramePart> parts = new ArrayList<>(message.parts().size());
        for (EncodedMessage.Part part : message.parts()) {
            switch (part) {
                case EncodedMessage.Bytes bytes -> parts.add(new BufferPart(bytes.buffer()));
                case EncodedMessage.Records ignored ->
                    throw new IllegalStateException("a client's request holds its records in a buffer");
            }
        }
        return new EncodedFrame(parts);
    }

    /** The way back of one request. */
    private final class Answer implements ResponseListener {

        private final RequestChannel channel;
        private final ApiRange api;
        private final short version;
        private final ReplyListener listener;

        Answer(RequestChannel channel, ApiRange api, short version, ReplyListener listener) {
            this.channel = channel;
            this.api = api;
            this.version = version;
            this.listener = listener;
        }

        @Override
        public void onResponse(ByteBuf frame) {
            Message message;
            try {
                ResponseHeader.read(frame, api.api().responseHeaderVersion(version));
                message = ApiMessages.readResponse(api.api(), frame, version);
            } catch (MalformedMessageException e) {
                onFailure(new IOException("the answer is malformed: " + e.getMessage(), e));
                channel.close();
                return;
            } finally {
                frame.release();
            }
            listener.onReply(new Reply.Answered(message, version));
        }

        @Override
        public void onFailure(IOException cause) {
            later(
                    listener,
                    new Reply.Lost(new OutcomeUnknownException(
                            api.api().displayName() + " to " + address + ": " + cause.getMessage(), cause)));
        }
    }
}
