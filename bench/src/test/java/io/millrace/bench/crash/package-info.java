/**
 * Crashes of a real broker process under load: kill -9 and power cuts, checked with Kafka's own clients. Entry type:
 * {@link io.millrace.bench.crash.CrashMain}, run by {@code bench/crash.sh}. Owner: the main thread; each load thread owns its
 * producer, and {@link io.millrace.bench.crash.Ledger} is what they share.
 */
@NullMarked
package io.millrace.bench.crash;

import org.jspecify.annotations.NullMarked;
