/**
 * Faults of the machine, injected into a broker that is a process of its own: what its user is told, and that nothing
 * acknowledged is lost. Tests named FaultIT need root and run with {@code -Pfaults}. Entry type: {@link
 * io.millrace.faults.BrokerProcess}. Owner: the test's thread.
 */
@NullMarked
package io.millrace.faults;

import org.jspecify.annotations.NullMarked;
