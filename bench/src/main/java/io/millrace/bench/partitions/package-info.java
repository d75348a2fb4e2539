/**
 * What partitions with data cost a broker that does nothing: memory, descriptors, maps, threads, CPU, the time of a start. Entry
 * type: {@link io.millrace.bench.partitions.PartitionCost}. Owner: the program's thread; the broker is a process of its own.
 */
@NullMarked
package io.millrace.bench.partitions;

import org.jspecify.annotations.NullMarked;
