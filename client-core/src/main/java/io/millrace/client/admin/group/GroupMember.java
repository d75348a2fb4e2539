package io.millrace.client.admin.group;

import io.millrace.client.cluster.TopicPartition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member of a group. Immutable.
 *
 * @param instanceId of a static member; null for others
 * @param clientHost as the coordinator saw it, with a leading slash from Kafka's brokers
 * @param assignment ordered; empty while there is none, null when it is not in the layout that consumers use
 */
public record GroupMember(
        String memberId,
        @Nullable String instanceId,
        String clientId,
        String clientHost,
        @Nullable List<TopicPartition> assignment) {

    public GroupMember {
        assignment = assignment == null ? null : List.copyOf(assignment);
    }
}
