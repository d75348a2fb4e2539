/**
 * Known-bad variants of the storage engine, made by lying to it from below: they prove that the recovery check can fail. Entry
 * type: {@link io.millrace.simulation.recovery.planted.PlantedBug}. Owner: the thread that runs the check.
 */
@NullMarked
package io.millrace.simulation.recovery.planted;

import org.jspecify.annotations.NullMarked;
