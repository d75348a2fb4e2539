package io.millrace.broker.request;

import io.millrace.network.connection.Connection;
import io.millrace.network.connection.Responder;
import io.millrace.network.frame.BufferPart;
import io.millrace.network.frame.EncodedFrame;
import io.millrace.network.frame.FramePart;
import io.millrace.protocol.ErrorCodeVisitor;
import io.millrace.protocol.Message;
import io.millrace.protocol.frame.EncodedMessage;
import io.millrace.protocol.frame.FrameEncoder;
import io.millrace.protocol.message.ApiKey;
import io.millrace.runtime.EventLoop;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request on its way through a handler: its header, and the only way to answer it. Owned by the connection's loop. */
public final class RequestContext implements Responder.Departure {

    private static final Logger LOG = LoggerFactory.getLogger(RequestContext.class);
    private static final ByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

    private final ApiKey api;
    private final short version;
    private final int correlationId;
    private final @Nullable String clientId;
    private final Responder responder;
    private @Nullable ErrorCodeVisitor errors;
    private @Nullable ApiTimes times;
    private long arrivedNs;
    private long startedNs;
    private long handledNs;
    /** Written before the answer is handed over, which publishes it. */
    private long answeredNs;

    public RequestContext(
            ApiKey api, short version, int correlationId, @Nullable String clientId, Responder responder) {
        this.api = api;
        this.version = version;
        this.correlationId = correlationId;
        this.clientId = clientId;
        this.responder = responder;
    }

    /** Counts this request's time from now on, and the errors of its answer. On its loop. */
    void measure(ApiTimes apiTimes, ErrorCodeVisitor apiErrors, long requestArrivedNs) {
        times = apiTimes;
        errors = apiErrors;
        arrivedNs = requestArrivedNs;
        startedNs = loop().clock().monotonicNs();
        handledNs = startedNs;
        responder.whenDeparted(this);
    }

    /** Its handler has returned. */
    void handled() {
        handledNs = loop().clock().monotonicNs();
    }

    @Override
    public void departed() {
        if (times != null) {
            times.record(
                    arrivedNs, startedNs, handledNs, answeredNs, loop().clock().monotonicNs());
        }
    }

    public ApiKey api() {
        return api;
    }

    public short version() {
        return version;
    }

    public @Nullable String clientId() {
        return clientId;
    }

    public Connection connection() {
        return responder.connection();
    }

    /** The loop on which the handler was called and on which answers are given. */
    public EventLoop loop() {
        return responder.connection().loop();
    }

    /** Encodes and sends the answer; it leaves once all earlier answers of the connection have left. */
    public void answer(Message response) {
        answer(response, version);
    }

    /** As {@link #answer(Message)}, in another version than the request's: for ApiVersions in a version we do not know. */
    public void answer(Message response, short responseVersion) {
        if (errors != null) {
            response.errorCodes(errors);
            answeredNs = loop().clock().monotonicNs();
        }
        EncodedMessage encoded = FrameEncoder.response(ALLOCATOR, api, responseVersion, correlationId, response);
        responder.send(frame(encoded));
    }

    /** Completes a request that gets no answer (acks=0). */
    public void noAnswer() {
        answeredNs = loop().clock().monotonicNs();
        responder.noResponse();
    }

    /** Ends the connection once earlier answers have left. */
    public void close(String why) {
        responder.close(why);
    }

    /** Runs {@code task} when this answer is next to leave and the client reads: the moment to take slices of logs. */
    public void whenHead(Runnable task) {
        responder.whenHead(guarded(task));
    }

    /**
     * {@code task} as a step of this request on any loop: what it throws {@linkplain #broken breaks} the request, which would stay
     * unanswered otherwise and hold up its connection.
     */
    public Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                broken(e);
            }
        };
    }

    /** A defect of ours kept this request from its answer, so what became of it is not known: its connection closes, unless it was answered already. Any thread. */
    public void broken(RuntimeException defect) {
        LOG.error(
                "event=request-broken api={} version={} clientId={}",
                api,
                version,
                clientId == null ? "" : LogText.of(clientId),
                defect);
        responder.closeUnlessCompleted(
                "a defect of the broker kept " + api + " v" + version + " from its answer: see its log");
    }

    /** Runs {@code task} on this loop when the connection closes before the answer: nobody waits for it any more. */
    public void whenDropped(Runnable task) {
        responder.whenDropped(task);
    }

    private static EncodedFrame frame(EncodedMessage encoded) {
        List<FramePart> parts = new ArrayList<>(encoded.parts().size());
        for (EncodedMessage.Part part : encoded.parts()) {
            switch (part) {
                case EncodedMessage.Bytes bytes -> parts.add(new BufferPart(bytes.buffer()));
                case EncodedMessage.Records records -> ((SlicePayload) records.payload()).appendTo(parts);
            }
        }
        return new EncodedFrame(parts);
    }
}
