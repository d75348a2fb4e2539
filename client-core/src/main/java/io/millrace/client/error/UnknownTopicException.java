package io.millrace.client.error;

import io.millrace.protocol.ErrorCode;

/** The cluster knows no such topic or partition, after asking it for as long as the caller allowed. Not retriable. */
public final class UnknownTopicException extends ClientException {

    private static final long serialVersionUID = 1;

    private final String topic;

    public UnknownTopicException(String topic, String message) {
        super(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, false, message, null);
        this.topic = topic;
    }

    public String topic() {
        return topic;
    }
}
