/**
 * The journal of one (log directory, shard): groups of records, one write and one sync each, in preallocated files. Entry
 * types: {@link io.millrace.storage.journal.Journal} while running, {@link io.millrace.storage.journal.JournalScan} at start.
 * Owner: the shard loop; bytes move on the journal's lane.
 */
@NullMarked
package io.millrace.storage.journal;

import org.jspecify.annotations.NullMarked;
