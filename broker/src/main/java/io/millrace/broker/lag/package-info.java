/**
 * How far consumer groups are behind, in records and seconds. Entry type: {@link io.millrace.broker.lag.LagMeters}. Owner: the
 * admin port's worker, which asks the shards.
 */
@NullMarked
package io.millrace.broker.lag;

import org.jspecify.annotations.NullMarked;
