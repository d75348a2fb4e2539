/**
 * From a frame to a handler and back: the table of APIs, the decoding, the answer. Entry type: {@link
 * io.millrace.broker.request.RequestRouter}. Owner: the shard loop of the connection.
 */
@NullMarked
package io.millrace.broker.request;

import org.jspecify.annotations.NullMarked;
