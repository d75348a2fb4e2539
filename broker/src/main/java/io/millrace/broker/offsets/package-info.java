/**
 * ListOffsets (API 2) and OffsetForLeaderEpoch (API 23). Entry type: {@link io.millrace.broker.offsets.ListOffsetsHandler}.
 * Owner: the shard loop of the connection.
 */
@NullMarked
package io.millrace.broker.offsets;

import org.jspecify.annotations.NullMarked;
