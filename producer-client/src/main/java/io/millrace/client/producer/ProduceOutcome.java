package io.millrace.client.producer;

import io.millrace.client.error.ClientException;
import io.millrace.protocol.ErrorCode;

/** What became of one batch of a produce request. */
sealed interface ProduceOutcome {

    /** Appended; offset and time are -1 where the broker did not tell. */
    record Written(long baseOffset, long logAppendTimeMs) implements ProduceOutcome {}

    /** The broker answered with an error. */
    record Refused(ErrorCode error, ClientException cause) implements ProduceOutcome {

        /**
         * Whether the batch is certainly not in the log. Other errors can be answered after the append, when acknowledging it
         * failed: a leader that lost its office, too few replicas, a timeout.
         */
        boolean certainlyNotAppended() {
            return switch (error) {
                case OUT_OF_ORDER_SEQUENCE_NUMBER,
                        UNKNOWN_PRODUCER_ID,
                        INVALID_PRODUCER_EPOCH,
                        PRODUCER_FENCED,
                        MESSAGE_TOO_LARGE,
                        RECORD_LIST_TOO_LARGE,
                        INVALID_RECORD,
                        INVALID_TIMESTAMP,
                        CORRUPT_MESSAGE,
                        NOT_ENOUGH_REPLICAS,
                        INVALID_REQUIRED_ACKS,
                        TOPIC_AUTHORIZATION_FAILED,
                        CLUSTER_AUTHORIZATION_FAILED,
                        INVALID_TOPIC_EXCEPTION,
                        UNSUPPORTED_COMPRESSION_TYPE,
                        UNSUPPORTED_FOR_MESSAGE_FORMAT,
                        THROTTLING_QUOTA_EXCEEDED -> true;
                default -> false;
            };
        }
    }

    /** It never left. */
    record NotSent(ClientException cause) implements ProduceOutcome {}

    /** It left, and no answer came. */
    record Lost(ClientException cause) implements ProduceOutcome {}
}
