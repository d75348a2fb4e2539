/**
 * The part of a log that is not in a segment yet: batches in off-heap chunks, counted against one budget. Entry types:
 * {@link io.millrace.storage.tail.TailLog} (one per partition) and {@link io.millrace.storage.tail.TailMemory} (one per
 * broker). Owner: the shard loop of the partition; references may be given back from any thread.
 */
@NullMarked
package io.millrace.storage.tail;

import org.jspecify.annotations.NullMarked;
