package io.millrace.replication.metadata;

import org.jspecify.annotations.Nullable;

/**
 * What happened to one topic id between two images. Immutable.
 *
 * @param before null when the topic was created
 * @param after null when the topic was deleted by a record, never because metadata lacks it
 * @param changedPartitions numbers, ascending: all of them for a created or deleted topic
 */
public record TopicDelta(
        @Nullable TopicImage before, @Nullable TopicImage after, IntList changedPartitions) {

    public boolean created() {
        return before == null;
    }

    public boolean deleted() {
        return after == null;
    }
}
