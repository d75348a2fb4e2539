/** Tests of the coordinator's records and the state they make. */
@NullMarked
package io.millrace.broker.coordinator.group.state;

import org.jspecify.annotations.NullMarked;
