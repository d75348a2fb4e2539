/**
 * Kafka's bytes and values: what generated messages are made of, and error codes.
 *
 * <p>Entry types: {@link io.millrace.protocol.Message}, {@link io.millrace.protocol.MessageBytes},
 * {@link io.millrace.protocol.ErrorCode}. Owner: none; everything is either immutable or owned by the caller that made it. The
 * messages themselves are generated into {@code io.millrace.protocol.message}, frames are in {@code io.millrace.protocol.frame}.
 */
@NullMarked
package io.millrace.protocol;

import org.jspecify.annotations.NullMarked;
