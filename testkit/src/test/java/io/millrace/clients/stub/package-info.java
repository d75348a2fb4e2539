/**
 * A broker that does what a test tells it: answers late, loses answers, closes connections, moves leaders. Entry type:
 * {@link io.millrace.clients.stub.StubCluster}. Owner: the test; its state is guarded by the cluster's own lock.
 *
 * <p>It checks producers' sequences as brokers do, so what clients make of faults shows in its logs.
 */
@NullMarked
package io.millrace.clients.stub;

import org.jspecify.annotations.NullMarked;
