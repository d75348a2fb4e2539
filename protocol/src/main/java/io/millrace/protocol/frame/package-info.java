/**
 * Whole frames: length, header and body in one go, payloads kept apart.
 *
 * <p>Entry type: {@link io.millrace.protocol.frame.FrameEncoder}. Owner: the caller, who releases the parts it gets.
 */
@NullMarked
package io.millrace.protocol.frame;

import org.jspecify.annotations.NullMarked;
