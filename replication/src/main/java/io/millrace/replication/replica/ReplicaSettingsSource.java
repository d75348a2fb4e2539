package io.millrace.replication.replica;

import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.TopicImage;

/** What the topic's replicated configs and the defaults come to. Stateless; any thread. */
@FunctionalInterface
public interface ReplicaSettingsSource {

    ReplicaSettings settings(MetadataImage image, TopicImage topic);
}
