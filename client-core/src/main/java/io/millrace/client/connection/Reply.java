package io.millrace.client.connection;

import io.millrace.client.error.ClientException;
import io.millrace.protocol.Message;

/** How a request ended. The listener of an {@link Answered} that can hold records releases the message. */
public sealed interface Reply {

    /** The broker answered; the message may hold error codes. */
    record Answered(Message message, short version) implements Reply {}

    /** It was written and has no answer (acks=0). */
    record SentOneWay() implements Reply {}

    /** The broker has certainly not seen it. */
    record NotSent(ClientException cause) implements Reply {}

    /** It may have reached the broker, and no answer will come. */
    record Lost(ClientException cause) implements Reply {}
}
