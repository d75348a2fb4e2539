/**
 * Millrace beside Apache Kafka in one run: same machine, same bytes, same generator, runs alternating. Entry type: {@link
 * io.millrace.bench.peers.PeerComparison}. Owner: the main thread; brokers and loads are processes of their own.
 */
@NullMarked
package io.millrace.bench.peers;

import org.jspecify.annotations.NullMarked;
