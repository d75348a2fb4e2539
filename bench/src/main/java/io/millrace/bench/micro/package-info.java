/**
 * JMH benchmarks of single paths, run by {@code ./millrace bench jmh}: what one operation costs in time and garbage. Entry
 * types: the classes named {@code XxxBenchmark}. Owner: the thread of the harness.
 */
@NullMarked
package io.millrace.bench.micro;

import org.jspecify.annotations.NullMarked;
