package io.millrace.broker.coordinator;

import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.FindCoordinatorRequest;
import io.millrace.protocol.message.FindCoordinatorResponse;

/**
 * FindCoordinator, versions 0 to 6. There are no coordinators yet, so every key is refused. From version 4 on (Java) with an
 * error that clients do not retry: a consumer or producer that needs one fails at once instead of waiting for something that
 * does not come. Before (librdkafka) a group is said to be unavailable for now: librdkafka asks for every consumer, also for
 * one that assigns its partitions itself and must not be disturbed by the answer.
 *
 * <p>Offered all the same because librdkafka takes its absence for a broker that cannot read lz4, and then sends
 * uncompressed.
 */
public final class FindCoordinatorHandler implements ApiHandler<FindCoordinatorRequest> {

    private static final int FIRST_BATCHED_VERSION = 4;
    private static final byte TRANSACTION = 1;
    private static final int NO_NODE = -1;

    @Override
    public void handle(RequestContext context, FindCoordinatorRequest request) {
        boolean transaction = request.keyType() == TRANSACTION;
        ErrorCode noGroup = context.version() < FIRST_BATCHED_VERSION
                ? ErrorCode.COORDINATOR_NOT_AVAILABLE
                : ErrorCode.INVALID_REQUEST;
        ErrorCode error = transaction ? ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED : noGroup;
        String message = transaction
                ? "Transactions are not built yet: remove transactional.id from the producer"
                : "Consumer groups are not built yet: assign partitions instead of subscribing";
        FindCoordinatorResponse response = new FindCoordinatorResponse();
        if (context.version() < FIRST_BATCHED_VERSION) {
            response.errorCode(error.code())
                    .errorMessage(message)
                    .nodeId(NO_NODE)
                    .port(NO_NODE);
        } else {
            for (String key : request.coordinatorKeys()) {
                response.coordinators()
                        .add(new FindCoordinatorResponse.Coordinator()
                                .key(key)
                                .nodeId(NO_NODE)
                                .port(NO_NODE)
                                .errorCode(error.code())
                                .errorMessage(message));
            }
        }
        context.answer(response);
    }
}
