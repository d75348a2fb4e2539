/**
 * The native producer. Entry type: {@link io.millrace.client.producer.Producer}. Owner: the client's one event loop sends; callers'
 * threads append to the partitions' queues under each queue's lock.
 *
 * <p>An edge to the outside world: locks, and random choices of partitions. Locks are taken one at a time, never one inside another.
 */
@NullMarked
package io.millrace.client.producer;

import org.jspecify.annotations.NullMarked;
