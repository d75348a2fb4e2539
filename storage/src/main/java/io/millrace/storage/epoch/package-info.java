/**
 * Which leader epoch begins at which offset (KIP-101, KIP-279, KIP-320). Entry type:
 * {@link io.millrace.storage.epoch.LeaderEpochs}. Owner: the shard loop of the log.
 */
@NullMarked
package io.millrace.storage.epoch;

import org.jspecify.annotations.NullMarked;
