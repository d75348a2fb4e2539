/** Tests of the group coordinator on a loop whose clock is moved by hand and a log that commits when told. */
@NullMarked
package io.millrace.broker.coordinator.group;

import org.jspecify.annotations.NullMarked;
