/**
 * FindCoordinator (API 10), which answers that there is none yet. Entry type: {@link
 * io.millrace.broker.coordinator.FindCoordinatorHandler}. Owner: the shard loop of the connection.
 */
@NullMarked
package io.millrace.broker.coordinator;

import org.jspecify.annotations.NullMarked;
