/**
 * Time, chance, loops and disk lanes of a simulated machine: everything that production code takes from outside, in one
 * thread and from one seed. Entry type: {@link io.millrace.simulation.SimScheduler}. Owner: the thread that runs the
 * scheduler; nothing here is thread-safe.
 */
@NullMarked
package io.millrace.simulation;

import org.jspecify.annotations.NullMarked;
