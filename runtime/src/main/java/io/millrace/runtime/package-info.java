/**
 * Time, timers, randomness and owner-checked event loops: the seam through which all nondeterminism enters, swapped as a
 * whole by the simulation. Entry type: {@link io.millrace.runtime.EventLoop}. Owner: none; each loop is its own owner.
 */
@NullMarked
package io.millrace.runtime;

import org.jspecify.annotations.NullMarked;
