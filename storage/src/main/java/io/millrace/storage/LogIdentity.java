package io.millrace.storage;

import io.millrace.protocol.Uuid;

/** Which partition of which topic: the id survives nothing, a recreated topic gets another. Immutable. */
public record LogIdentity(Uuid topicId, String topic, int partition) {

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
