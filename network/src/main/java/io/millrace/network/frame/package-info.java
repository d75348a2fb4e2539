/**
 * Kafka frames on a channel, for both ends: length-prefixed frames cut from what arrives, frames made of buffers and file
 * regions sent in bounded turns. Knows lengths, not messages. Entry types: {@link io.millrace.network.frame.FrameReader},
 * {@link io.millrace.network.frame.FrameWriter}. Owner: the loop of the channel.
 */
@NullMarked
package io.millrace.network.frame;

import org.jspecify.annotations.NullMarked;
