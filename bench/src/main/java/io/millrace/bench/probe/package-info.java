/**
 * What the machine can do and what a process does, seen from outside: the floor that figures are held against, the proof that
 * syncs happened, memory and descriptors. Entry types: {@link io.millrace.bench.probe.FloorProbe}, {@link
 * io.millrace.bench.probe.DiskProbe}, {@link io.millrace.bench.probe.SyncTrace}, {@link io.millrace.bench.probe.ProcessFigures}.
 * Owner: the calling thread. Linux only.
 */
@NullMarked
package io.millrace.bench.probe;

import org.jspecify.annotations.NullMarked;
