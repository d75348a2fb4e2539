/**
 * The native consumer, of a group or of assigned partitions. Entry type: {@link io.millrace.client.consumer.Consumer}. Owner: positions and decoding
 * belong to the one thread that polls, fetching to the client's event loop; fetched bytes pass from the loop to the thread through one
 * queue, bounded by {@code prefetchBytes}.
 */
@NullMarked
package io.millrace.client.consumer;

import org.jspecify.annotations.NullMarked;
