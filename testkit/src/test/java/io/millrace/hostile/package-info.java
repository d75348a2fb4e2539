/**
 * Hostile input: recorded requests, mutated field by field after framing, against a broker process with healthy clients beside it. Entry
 * type: {@link io.millrace.hostile.HostileRun}. Owned by the thread that runs it; senders are threads of their own.
 */
@NullMarked
package io.millrace.hostile;

import org.jspecify.annotations.NullMarked;
