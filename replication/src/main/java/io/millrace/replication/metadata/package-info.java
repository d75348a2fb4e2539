/**
 * What the cluster is made of, as immutable values: brokers, topics, partitions, configs, features. Entry type:
 * {@link io.millrace.replication.metadata.MetadataImage}; a new one comes only from replaying a metadata record
 * ({@link io.millrace.replication.metadata.MetadataReplay}) and reaches the loops through one
 * {@link io.millrace.replication.metadata.MetadataPublisher}. Owner: none, the values are shared; the publisher belongs to
 * the control loop.
 */
@NullMarked
package io.millrace.replication.metadata;

import org.jspecify.annotations.NullMarked;
