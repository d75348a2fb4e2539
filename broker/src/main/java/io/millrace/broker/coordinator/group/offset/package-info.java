/**
 * Committed offsets: commit, fetch, delete, and their end after the retention time. Entry type: {@link
 * io.millrace.broker.coordinator.group.offset.CommittedOffsets}. Owner: the shard loop of the coordinator's partition.
 */
@NullMarked
package io.millrace.broker.coordinator.group.offset;

import org.jspecify.annotations.NullMarked;
