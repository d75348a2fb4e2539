/**
 * Log directories and the stores in them: start and recovery, write-behind, checkpoints, full and failing disks. Entry types:
 * {@link io.millrace.storage.engine.LogDirectory} at start, {@link io.millrace.storage.engine.LogStore} while running. Owner:
 * the boot thread, then each store's shard loop.
 */
@NullMarked
package io.millrace.storage.engine;

import org.jspecify.annotations.NullMarked;
