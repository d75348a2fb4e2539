/**
 * The storage spike behind ADR 2: one load against a file per partition, a shared journal, and a journal that large batches
 * bypass. Entry type {@link io.millrace.bench.spike.StorageSpike}. It is a measurement, not a store: nothing here recovers.
 *
 * <p>Owner: one generator thread per run stands for a shard; each candidate brings its own journal, write-behind and sync threads.
 */
@NullMarked
package io.millrace.bench.spike;

import org.jspecify.annotations.NullMarked;
