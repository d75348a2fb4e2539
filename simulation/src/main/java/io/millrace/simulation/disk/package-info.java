/**
 * A disk that knows written from durable: bytes by the sector, names by the folder entry. A power cut keeps an arbitrary part
 * of what was not synced; syncs and reads fail, space runs out and bits rot on demand. Entry type:
 * {@link io.millrace.simulation.disk.SimDisk}. Owner: the thread that runs the simulation; nothing here is thread-safe.
 */
@NullMarked
package io.millrace.simulation.disk;

import org.jspecify.annotations.NullMarked;
