package io.millrace.broker.request;

import io.millrace.broker.metrics.MeterSource;
import io.millrace.network.connection.Request;
import io.millrace.network.connection.RequestHandler;
import io.millrace.network.connection.Responder;
import io.millrace.network.connection.TrafficClass;
import io.millrace.protocol.MalformedMessageException;
import io.millrace.protocol.Message;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.ApiMessages;
import io.millrace.protocol.message.ApiVersionsResponse;
import io.millrace.protocol.message.RequestHeader;
import io.millrace.runtime.EventLoop;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * Decodes a frame and hands it to the handler of its API key. Called on the connection's loop.
 *
 * <p>What cannot be decoded, or is not offered, closes the connection, as Kafka does: without the right version there is no
 * way to say in the answer what is wrong. ApiVersions alone is answered in version 0 (KIP-511).
 */
public final class RequestRouter implements RequestHandler {

    /** A decoded request is taken for so many times its frame, up to what decoding allows; records stay in the frame. */
    private static final int HELD_RATIO = 8;

    private static final int MAX_HELD_BYTES = 8 * 1024 * 1024;

    private final ApiTable table;
    private final ApiVersionsAnswer apiVersions;
    private final List<? extends EventLoop> loops;
    private final RequestMeters[] meters;
    private final ApiErrors errors = new ApiErrors();

    /** The answer to ApiVersions in a version that we do not know. */
    @FunctionalInterface
    public interface ApiVersionsAnswer {
        ApiVersionsResponse unsupportedVersion();
    }

    /** @param loops on which the connections are */
    public RequestRouter(ApiTable table, ApiVersionsAnswer apiVersions, List<? extends EventLoop> loops) {
        this.table = table;
        this.apiVersions = apiVersions;
        this.loops = List.copyOf(loops);
        this.meters = new RequestMeters[loops.size()];
        for (int i = 0; i < meters.length; i++) {
            meters[i] = new RequestMeters();
        }
    }

    private RequestMeters metersHere() {
        for (int index = 0; index < meters.length; index++) {
            if (loops.get(index).isOwner()) {
                return meters[index];
            }
        }
        throw new IllegalStateException("a request was handled on a thread that is no shard");
    }

    /** What is known on the loop of shard {@code index}. */
    public MeterSource metersOf(int index) {
        return meters[index];
    }

    /** What is known on any thread. */
    public MeterSource errorMeters() {
        return errors;
    }

    @Override
    public void handle(Request request, Responder responder) {
        ByteBuf frame = request.frame();
        Message message;
        RequestContext context;
        ApiTable.Route route;
        RequestMeters here = metersHere();
        try {
            ApiKey api = ApiKey.of(request.apiKey());
            route = api == null ? null : table.route(api);
            if (api == null || route == null) {
                here.rejected(RequestMeters.Reject.API_UNKNOWN);
                responder.close("API key " + request.apiKey() + " is not offered: see ApiVersions");
                return;
            }
            short version = request.apiVersion();
            context = new RequestContext(api, version, request.correlationId(), request.clientId(), responder);
            if (!route.serves(version)) {
                here.rejected(RequestMeters.Reject.VERSION_NOT_SERVED);
                refuseVersion(context, route);
                return;
            }
            context.measure(here.times(api), errors.of(api), request.arrivedNs());
            classify(api, responder);
            RequestHeader.read(frame, api.requestHeaderVersion(version));
            message = ApiMessages.readRequest(api, frame, version);
            if (api != ApiKey.PRODUCE) {
                responder.holds(Math.min(request.sizeBytes(), MAX_HELD_BYTES / HELD_RATIO) * HELD_RATIO);
            }
            if (frame.isReadable()) {
                message.release();
                here.rejected(RequestMeters.Reject.REQUEST_TOO_LONG);
                responder.close(api + " v" + version + " request has " + frame.readableBytes() + " bytes too many");
                return;
            }
        } catch (MalformedMessageException e) {
            here.rejected(RequestMeters.Reject.REQUEST_MALFORMED);
            responder.close("malformed request, API key " + request.apiKey() + " v" + request.apiVersion() + ": "
                    + e.getMessage());
            return;
        } finally {
            // Records are retained slices of their own; everything else was copied out.
            frame.release();
        }
        route.handler().handle(context, message);
        context.handled();
    }

    private void refuseVersion(RequestContext context, ApiTable.Route route) {
        if (context.api() == ApiKey.API_VERSIONS) {
            context.answer(apiVersions.unsupportedVersion(), (short) 0);
        } else {
            context.close(context.api() + " v" + context.version() + " is not served: versions " + route.servedFrom()
                    + " to " + route.to() + " are");
        }
    }

    /** At the broker-wide bound of bytes in flight, producers wait before consumers do. */
    private static void classify(ApiKey api, Responder responder) {
        if (api == ApiKey.PRODUCE) {
            responder.connection().trafficClass(TrafficClass.PRODUCER);
        } else if (api == ApiKey.FETCH) {
            responder.connection().trafficClass(TrafficClass.CONSUMER);
        }
    }
}
