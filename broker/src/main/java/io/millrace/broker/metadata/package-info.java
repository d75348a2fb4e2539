/**
 * ApiVersions (API 18) and Metadata (API 3). Entry type: {@link io.millrace.broker.metadata.MetadataHandler}. Owner: the shard
 * loop of the connection.
 */
@NullMarked
package io.millrace.broker.metadata;

import org.jspecify.annotations.NullMarked;
