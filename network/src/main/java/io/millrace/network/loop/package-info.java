/**
 * Event loops on Netty: a shard is one I/O loop, which runs its connections' events and the tasks posted to it on one
 * thread. Entry type: {@link io.millrace.network.loop.ShardLoops}. Owner: each loop is its own owner.
 */
@NullMarked
package io.millrace.network.loop;

import org.jspecify.annotations.NullMarked;
