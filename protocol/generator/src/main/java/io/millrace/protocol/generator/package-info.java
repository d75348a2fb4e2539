/**
 * Reads Kafka's message schemas and writes one Java class per message, at build time.
 *
 * <p>Entry type: {@link io.millrace.protocol.generator.GenerateMessages}. Owner: the build's thread; nothing here runs in a broker or
 * client. Generated code depends on {@code io.millrace.protocol} only.
 */
@NullMarked
package io.millrace.protocol.generator;

import org.jspecify.annotations.NullMarked;
