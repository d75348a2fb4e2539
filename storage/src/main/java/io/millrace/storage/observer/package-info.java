/**
 * The one hook that everything derived from a log hangs on: producer state, leader epochs, later aborted transactions, key
 * versions, leaf hashes. Entry type: {@link io.millrace.storage.observer.LogObserver}. Owner: the shard loop of the log, or
 * the one lane job that replays it.
 */
@NullMarked
package io.millrace.storage.observer;

import org.jspecify.annotations.NullMarked;
