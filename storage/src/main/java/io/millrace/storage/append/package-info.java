/**
 * From arrived bytes to batches in the tail, in one pass: check, assign, copy, observe. Entry types:
 * {@link io.millrace.storage.append.LeaderAppender} and {@link io.millrace.storage.append.FollowerAppender}, one of each per
 * shard. Owner: the shard loop.
 */
@NullMarked
package io.millrace.storage.append;

import org.jspecify.annotations.NullMarked;
