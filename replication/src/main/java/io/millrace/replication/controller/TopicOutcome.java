package io.millrace.replication.controller;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Uuid;
import org.jspecify.annotations.Nullable;

/** What became of one topic of a command. Immutable. */
public sealed interface TopicOutcome {

    /**
     * Done, or possible when the command only asked for validation.
     *
     * @param topicId zero when validated only
     * @param partitionCount after the change
     */
    record Succeeded(String name, Uuid topicId, int partitionCount, short replicationFactor) implements TopicOutcome {}

    /**
     * Nothing of it was done.
     *
     * @param name null when only an id was given and nothing has it
     * @param topicId zero when not known
     */
    record Failed(@Nullable String name, Uuid topicId, ErrorCode error, String message) implements TopicOutcome {}
}
