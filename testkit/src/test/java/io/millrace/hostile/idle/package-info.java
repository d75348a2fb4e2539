/**
 * Connections that cost without bringing anything: thousands that are idle, and clients that do not read, hardly send, or never do.
 * Entry type: {@link io.millrace.hostile.idle.IdleRun}. Owned by the thread that runs it.
 */
@NullMarked
package io.millrace.hostile.idle;

import org.jspecify.annotations.NullMarked;
