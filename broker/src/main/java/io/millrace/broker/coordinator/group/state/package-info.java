/**
 * What a partition of {@code __consumer_offsets} comes to when its records are replayed in order, and those records in Kafka's
 * formats. Entry type: {@link io.millrace.broker.coordinator.group.state.GroupState}. Owner: the shard loop of the partition.
 */
@NullMarked
package io.millrace.broker.coordinator.group.state;

import org.jspecify.annotations.NullMarked;
