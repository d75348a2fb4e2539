/**
 * Produce (API 0). Entry type: {@link io.millrace.broker.produce.ProduceHandler}. Owner: the shard loop of the connection.
 */
@NullMarked
package io.millrace.broker.produce;

import org.jspecify.annotations.NullMarked;
