/**
 * One partition's log over journal, tail and segments. Entry type: {@link io.millrace.storage.log.JournaledLog}. Owner: the
 * shard loop. File work is planned here and carried out by {@code storage.engine} on lanes.
 */
@NullMarked
package io.millrace.storage.log;

import org.jspecify.annotations.NullMarked;
