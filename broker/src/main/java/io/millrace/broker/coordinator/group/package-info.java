/**
 * The group coordinator (classic protocol): a state machine on each partition of {@code __consumer_offsets} that this broker
 * leads. Entry type: {@link io.millrace.broker.coordinator.group.GroupCoordinator}. Owner: each partition its shard's loop.
 */
@NullMarked
package io.millrace.broker.coordinator.group;

import org.jspecify.annotations.NullMarked;
