/**
 * When old segments go: the decision for one log and the deadlines of all logs of a shard. Entry type:
 * {@link io.millrace.storage.retention.RetentionRules}. Owner: the shard loop. What follows from a decision, the record of the new
 * log start and the removal of files behind it, is {@code storage.log}'s.
 */
@NullMarked
package io.millrace.storage.retention;

import org.jspecify.annotations.NullMarked;
