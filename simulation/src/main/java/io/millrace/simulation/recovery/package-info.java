/**
 * The recovery check: random work on the real storage engine over a {@link io.millrace.simulation.disk.SimDisk}, cut at every
 * disk operation with many sets of surviving sectors, recovered, and compared with a model that keeps only what it was told.
 * Entry types: {@link io.millrace.simulation.recovery.RecoveryCheck} (one seed) and
 * {@link io.millrace.simulation.recovery.RecoveryMain} (many). Owner: the thread that runs the check.
 */
@NullMarked
package io.millrace.simulation.recovery;

import org.jspecify.annotations.NullMarked;
