/**
 * The client's end of a Kafka connection: connect, send requests, get their answers in order. Entry types:
 * {@link io.millrace.network.client.Connector}, {@link io.millrace.network.client.RequestChannel}. Owner: the loop of the channel.
 */
@NullMarked
package io.millrace.network.client;

import org.jspecify.annotations.NullMarked;
