/**
 * The only place for files, native memory access and mapped bytes. Entry type: {@link io.millrace.storage.disk.Disk}.
 * Primitives are synchronous and are called only from {@link io.millrace.storage.disk.DiskLane} jobs or while the broker
 * starts; the simulation implements both with a disk that knows written from durable sectors.
 */
@NullMarked
package io.millrace.storage.disk;

import org.jspecify.annotations.NullMarked;
