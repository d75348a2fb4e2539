/**
 * A cluster as a client sees it: its metadata, kept fresh, and requests to whichever broker is right. Entry type:
 * {@link io.millrace.client.cluster.Cluster}. Owner: the client's one event loop; images are immutable and read by anyone.
 */
@NullMarked
package io.millrace.client.cluster;

import org.jspecify.annotations.NullMarked;
