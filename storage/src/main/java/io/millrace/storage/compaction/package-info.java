/**
 * Compaction as Kafka defines it for {@code cleanup.policy=compact}: which records are superseded, what is left of a batch, when
 * a log is worth a pass and what a pass does to its segments. Entry types: {@link io.millrace.storage.compaction.CompactionRules}
 * (the decision), {@link io.millrace.storage.compaction.CompactionPass} (the work, in bounded steps on the I/O pool). Owner: the
 * shard loop decides, one pool job at a time works. What follows, putting new segments in the place of old ones, is
 * {@code storage.log}'s.
 */
@NullMarked
package io.millrace.storage.compaction;

import org.jspecify.annotations.NullMarked;
