package io.millrace.broker.coordinator;

import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.FindCoordinatorRequest;
import io.millrace.protocol.message.FindCoordinatorResponse;

/**
 * FindCoordinator, versions 0 to 6. There are no coordinators yet, so every key is refused with an error that clients do not
 * retry: a consumer or producer that needs one fails at once instead of waiting for something that does not come.
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
        ErrorCode error = transaction ? ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED : ErrorCode.INVALID_REQUEST;
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
