/**
 * Load on a broker from pre-encoded frames, so that the generator is not the limit: open loop at a fixed rate (latency from the
 * intended send time) or closed loop with a window. Entry types: {@link io.millrace.bench.load.ProduceLoad}, {@link
 * io.millrace.bench.load.FetchLoad}, {@link io.millrace.bench.load.LiveLoad}; {@link io.millrace.bench.load.StartedBroker} is the
 * process under load. Owner: each connection two threads of its own. Works against Apache Kafka too.
 */
@NullMarked
package io.millrace.bench.load;

import org.jspecify.annotations.NullMarked;
