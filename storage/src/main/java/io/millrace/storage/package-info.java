/**
 * One partition's durable log, whatever its form: what it promises and what it answers. Entry type:
 * {@link io.millrace.storage.PartitionLog}. Owner: the shard loop that owns the partition. Knows nothing of leaders.
 */
@NullMarked
package io.millrace.storage;

import org.jspecify.annotations.NullMarked;
