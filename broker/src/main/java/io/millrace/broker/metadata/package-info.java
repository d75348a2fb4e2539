/**
 * What the cluster consists of: ApiVersions (API 18), Metadata (3), DescribeCluster (60), DescribeTopicPartitions (75). Entry type: {@link io.millrace.broker.metadata.MetadataHandler}. Owner: the shard
 * loop of the connection.
 */
@NullMarked
package io.millrace.broker.metadata;

import org.jspecify.annotations.NullMarked;
