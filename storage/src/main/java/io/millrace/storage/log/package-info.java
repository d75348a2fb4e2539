/**
 * One partition's log over journal, tail and segments. Entry type: {@link io.millrace.storage.log.JournaledLog}. Owner: the
 * shard loop. File work is planned here and carried out by {@code storage.engine} on lanes: {@code LogFiles} says what is next,
 * {@code FileDuties} what may be done, {@code FileChanges} takes over what has become of it.
 */
@NullMarked
package io.millrace.storage.log;

import org.jspecify.annotations.NullMarked;
