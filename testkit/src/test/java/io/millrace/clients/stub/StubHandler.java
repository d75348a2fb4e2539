package io.millrace.clients.stub;

import io.millrace.network.connection.Request;
import io.millrace.network.connection.RequestHandler;
import io.millrace.network.connection.Responder;
import io.millrace.network.frame.BufferPart;
import io.millrace.network.frame.EncodedFrame;
import io.millrace.network.frame.FramePart;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import io.millrace.protocol.frame.EncodedMessage;
import io.millrace.protocol.frame.FrameEncoder;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.ApiMessages;
import io.millrace.protocol.message.ApiVersionsResponse;
import io.millrace.protocol.message.FetchRequest;
import io.millrace.protocol.message.FetchResponse;
import io.millrace.protocol.message.ProduceRequest;
import io.millrace.protocol.message.RequestHeader;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Reads requests, asks the cluster what goes wrong, answers. Owned by the connection's loop, state by the cluster's lock. */
final class StubHandler implements RequestHandler {

    private final StubCluster cluster;
    private final int broker;
    private final StubAnswers answers;

    StubHandler(StubCluster cluster, int broker) {
        this.cluster = cluster;
        this.broker = broker;
        this.answers = new StubAnswers(cluster, broker);
    }

    @Override
    public void handle(Request request, Responder responder) {
        ApiKey api = ApiKey.of(request.apiKey());
        short version = request.apiVersion();
        if (api == null) {
            request.frame().release();
            responder.close("unknown api");
            return;
        }
        if (api == ApiKey.API_VERSIONS && version > cluster.highestVersion(api)) {
            request.frame().release();
            ApiVersionsResponse refused = new ApiVersionsResponse().errorCode(ErrorCode.UNSUPPORTED_VERSION.code());
            send(responder, api, (short) 0, request.correlationId(), refused);
            return;
        }
        Message body;
        try {
            RequestHeader.read(request.frame(), api.requestHeaderVersion(version));
            body = ApiMessages.readRequest(api, request.frame(), version);
        } finally {
            request.frame().release();
        }
        try {
            answer(api, version, request.correlationId(), body, responder);
        } finally {
            body.release();
        }
    }

    private void answer(ApiKey api, short version, int correlationId, Message body, Responder responder) {
        Fault fault = cluster.nextFault(api, broker);
        switch (fault) {
            case Fault.CloseBefore ignored -> responder.close("told to");
            case Fault.Ignore ignored -> {}
            case Fault.CloseAfter ignored -> {
                answers.answer(body, null, true);
                responder.close("told to");
            }
            case Fault.Refuse refuse ->
                send(responder, api, version, correlationId, answers.answer(body, refuse.error(), false));
            case Fault.DoAndRefuse refuse ->
                send(responder, api, version, correlationId, answers.answer(body, refuse.error(), true));
            case Fault.None ignored -> {
                if (body instanceof ProduceRequest produce && produce.acks() == 0) {
                    answers.answer(body, null, true);
                    responder.noResponse();
                } else if (body instanceof FetchRequest fetch) {
                    fetch(
                            fetch,
                            version,
                            correlationId,
                            responder,
                            responder.connection().loop().clock().monotonicNs());
                } else {
                    send(responder, api, version, correlationId, answers.answer(body, null, true));
                }
            }
        }
    }

    // Looks again every few milliseconds, as long as the client allows.
    private void fetch(FetchRequest request, short version, int correlationId, Responder responder, long sinceNs) {
        FetchResponse answer = (FetchResponse) answers.answer(request, null, true);
        long waitedMs = TimeUnit.NANOSECONDS.toMillis(
                responder.connection().loop().clock().monotonicNs() - sinceNs);
        if (StubAnswers.isSilent(answer) && waitedMs < request.maxWaitMs() && responder.isOpen()) {
            responder
                    .connection()
                    .loop()
                    .schedule(
                            TimeUnit.MILLISECONDS.toNanos(2),
                            () -> fetch(request, version, correlationId, responder, sinceNs));
        } else {
            send(responder, ApiKey.FETCH, version, correlationId, answer);
        }
    }

    private static void send(Responder responder, ApiKey api, short version, int correlationId, Message message) {
        EncodedMessage encoded =
                FrameEncoder.response(PooledByteBufAllocator.DEFAULT, api, version, correlationId, message);
        List<FramePart> parts = new ArrayList<>();
        for (EncodedMessage.Part part : encoded.parts()) {
            if (part instanceof EncodedMessage.Bytes bytes) {
                parts.add(new BufferPart(bytes.buffer()));
            }
        }
        responder.send(new EncodedFrame(parts));
    }
}
