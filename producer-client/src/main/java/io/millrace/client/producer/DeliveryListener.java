package io.millrace.client.producer;

import io.millrace.client.error.ClientException;

/** Told once, on the client's own thread, what became of a record. Must not block; records of one partition are told in order. */
public interface DeliveryListener {

    void delivered(RecordMetadata metadata);

    /**
     * The record was not delivered, or, with an {@link io.millrace.client.error.OutcomeUnknownException}, perhaps was.
     */
    void failed(ClientException cause);
}
