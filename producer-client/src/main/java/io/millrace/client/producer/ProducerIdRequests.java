package io.millrace.client.producer;

import io.millrace.client.connection.ApiRange;
import io.millrace.client.connection.ClientRequest;
import io.millrace.client.error.RefusedException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.InitProducerIdRequest;
import io.millrace.protocol.message.InitProducerIdResponse;

/** Asking for a producer id. Stateless. Asking twice wastes one, which does no harm. */
final class ProducerIdRequests {

    private static final ApiRange INIT = ApiRange.of(ApiKey.INIT_PRODUCER_ID, 0, 5);

    private ProducerIdRequests() {}

    static ClientRequest request() {
        return ClientRequest.of(
                INIT,
                version -> new InitProducerIdRequest().transactionalId(null).transactionTimeoutMs(Integer.MAX_VALUE));
    }

    static ProducerIdentity read(Message answer) {
        InitProducerIdResponse response = (InitProducerIdResponse) answer;
        ErrorCode error = ErrorCode.of(response.errorCode());
        if (error != ErrorCode.NONE) {
            throw RefusedException.of("get a producer id", error, null);
        }
        return new ProducerIdentity(response.producerId(), response.producerEpoch());
    }
}
