package io.millrace.tools.group;

import io.millrace.client.admin.group.CommittedOffset;
import io.millrace.client.cluster.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How far a group is behind in one partition. Immutable.
 *
 * @param committed null when nothing was committed
 * @param endOffset null when the partition is gone or has no leader
 */
record PartitionLag(
        TopicPartition partition,
        @Nullable CommittedOffset committed,
        @Nullable Long endOffset) {

    /** Records from the committed offset to the end; null when either is not known. */
    @Nullable
    Long lag() {
        return committed == null || endOffset == null ? null : Math.max(0, endOffset - committed.offset());
    }
}
