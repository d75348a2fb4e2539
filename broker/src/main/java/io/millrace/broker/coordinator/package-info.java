/**
 * Coordinators: state machines on internal topics, on the shard that owns their partition. They import neither handlers nor the
 * network. Each kind has a package: {@link io.millrace.broker.coordinator.group}. Owner: the shard loop of each partition.
 */
@NullMarked
package io.millrace.broker.coordinator;

import org.jspecify.annotations.NullMarked;
