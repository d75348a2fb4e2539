/**
 * How a group's partitions are shared, and the words in which members tell each other. Entry types:
 * {@link io.millrace.client.consumer.assignment.Assignor} and {@link io.millrace.client.consumer.assignment.ConsumerProtocol}. Owner: none,
 * these are functions of their arguments.
 */
@NullMarked
package io.millrace.client.consumer.assignment;

import org.jspecify.annotations.NullMarked;
