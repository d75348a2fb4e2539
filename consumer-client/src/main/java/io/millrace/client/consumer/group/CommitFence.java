package io.millrace.client.consumer.group;

import io.millrace.client.error.ClientException;

/** Whether offsets may be committed now. Immutable. */
sealed interface CommitFence {

    /** As this member, or as nobody ({@link Generation#NONE}) in a group of manually assigned partitions. */
    record Open(Generation generation) implements CommitFence {}

    /** After the rebalance that is under way. */
    record Wait() implements CommitFence {}

    /** The partitions may be others' already. */
    record Closed(ClientException cause) implements CommitFence {}
}
