/**
 * What a log remembers of idempotent and transactional producers (KIP-98, KIP-360). Entry type:
 * {@link io.millrace.storage.producer.ProducerStates}. Owner: the shard loop of the log, or the lane job that rebuilds it.
 */
@NullMarked
package io.millrace.storage.producer;

import org.jspecify.annotations.NullMarked;
