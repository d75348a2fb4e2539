/**
 * Compaction under measurement, by Kafka's own clients: what is left of a keyed topic, how long it took and what a producer felt
 * meanwhile. Entry type: {@code CompactionMain}, run by {@code bench/compaction.sh} against Millrace and Kafka. Owner: the main
 * thread.
 */
@NullMarked
package io.millrace.bench.compaction;

import org.jspecify.annotations.NullMarked;
