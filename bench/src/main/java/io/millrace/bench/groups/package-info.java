/**
 * Load on the group coordinator: thousands of members, each with a connection of its own, all on one thread; while a probe asks for
 * other things. Entry type: {@link io.millrace.bench.groups.GroupLoad}. Owner: the thread of {@link
 * io.millrace.bench.groups.ClientLoop}. Works against Apache Kafka too.
 */
@NullMarked
package io.millrace.bench.groups;

import org.jspecify.annotations.NullMarked;
