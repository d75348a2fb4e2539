/**
 * The ordered, durable sequence of metadata records. Entry type: {@link io.millrace.replication.metadatalog.MetadataLog};
 * {@link io.millrace.replication.metadatalog.LocalMetadataLog} is the one of a single process, on its own synced file.
 * Frames, snapshots and records have one format for every implementation, so growing from one controller to three is a
 * restore. Owner: the control loop; files are touched on its disk lane.
 */
@NullMarked
package io.millrace.replication.metadatalog;

import org.jspecify.annotations.NullMarked;
