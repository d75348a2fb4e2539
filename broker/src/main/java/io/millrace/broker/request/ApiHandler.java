package io.millrace.broker.request;

import io.millrace.protocol.Message;

/**
 * Answers the requests of one API key.
 *
 * @param <M> the request's message type
 */
@FunctionalInterface
public interface ApiHandler<M extends Message> {

    /**
     * Handles one request, on the loop of its connection; answers through {@code context}, now or later, exactly once. The
     * handler owns {@code request} and releases it when it holds records.
     */
    void handle(RequestContext context, M request);
}
