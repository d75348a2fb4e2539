/**
 * What a start must know about every log without reading it: a small log of changed rows per journal. Entry type:
 * {@link io.millrace.storage.checkpoint.CheckpointLog}. Owner: the write-behind lane while running, the boot thread at start.
 */
@NullMarked
package io.millrace.storage.checkpoint;

import org.jspecify.annotations.NullMarked;
