/**
 * Wiring: starts every part in order, stops in reverse. The broker's edge to threads and files. Entry type: {@link
 * io.millrace.broker.boot.Broker}. Owner: the thread that starts the broker.
 */
@NullMarked
package io.millrace.broker.boot;

import org.jspecify.annotations.NullMarked;
