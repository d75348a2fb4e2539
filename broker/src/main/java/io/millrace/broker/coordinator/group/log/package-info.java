/**
 * The log under a group coordinator: appending decisions, answering after their commit, reading everything back. Entry type:
 * {@link io.millrace.broker.coordinator.group.log.DecisionLog}. Owner: the shard loop of the coordinator's partition.
 */
@NullMarked
package io.millrace.broker.coordinator.group.log;

import org.jspecify.annotations.NullMarked;
