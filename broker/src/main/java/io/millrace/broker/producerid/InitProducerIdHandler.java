package io.millrace.broker.producerid;

import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.InitProducerIdRequest;
import io.millrace.protocol.message.InitProducerIdResponse;

/**
 * InitProducerId, versions 0 to 5, for idempotent producers (KIP-98). A transactional id is refused with a fatal error: a
 * retriable one would make the client wait for something that does not come.
 */
public final class InitProducerIdHandler implements ApiHandler<InitProducerIdRequest> {

    private final ProducerIds ids;

    public InitProducerIdHandler(ProducerIds ids) {
        this.ids = ids;
    }

    @Override
    public void handle(RequestContext context, InitProducerIdRequest request) {
        if (request.transactionalId() != null) {
            context.answer(error(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED));
            return;
        }
        ids.next(context.loop(), new ProducerIds.Answer() {
            @Override
            public void allocated(long producerId) {
                context.answer(
                        new InitProducerIdResponse().producerId(producerId).producerEpoch((short) 0));
            }

            @Override
            public void refused(ErrorCode error) {
                context.answer(error(error));
            }
        });
    }

    private static InitProducerIdResponse error(ErrorCode error) {
        return new InitProducerIdResponse()
                .errorCode(error.code())
                .producerId(-1)
                .producerEpoch((short) -1);
    }
}
