/**
 * Proof that the generated messages agree with Apache Kafka's, byte for byte.
 *
 * <p>Entry type: {@link io.millrace.protocol.oracle.MessageOracleTest}. Owner: the test's thread. Test code only; Kafka's classes are
 * filled from Kafka's own description of each version, so neither our generator nor our schemas take part in making the cases.
 */
@NullMarked
package io.millrace.protocol.oracle;

import org.jspecify.annotations.NullMarked;
