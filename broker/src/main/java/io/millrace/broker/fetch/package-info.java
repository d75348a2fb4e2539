/**
 * Fetch (API 1) with incremental sessions. Entry type: {@link io.millrace.broker.fetch.FetchHandler}. Owner: the shard loop of
 * the connection.
 */
@NullMarked
package io.millrace.broker.fetch;

import org.jspecify.annotations.NullMarked;
