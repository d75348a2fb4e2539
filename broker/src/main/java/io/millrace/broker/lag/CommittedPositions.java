package io.millrace.broker.lag;

import io.millrace.broker.coordinator.group.ActiveGroups;
import io.millrace.broker.coordinator.group.GroupShard;
import io.millrace.broker.coordinator.group.state.GroupState;
import io.millrace.protocol.Uuid;
import io.millrace.protocol.message.OffsetCommitValue;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Collects the committed offsets of one shard's groups, the first ones up to a bound. Owned by the shard loop. */
final class CommittedPositions {

    private final MetadataImage image;
    private final int max;
    private final List<CommittedPosition> found = new ArrayList<>();

    private CommittedPositions(MetadataImage image, int max) {
        this.image = image;
        this.max = max;
    }

    /** In the order in which the groups committed first. */
    static List<CommittedPosition> of(GroupShard groups, MetadataImage image, int max) {
        CommittedPositions positions = new CommittedPositions(image, max);
        groups.each(positions::addAll, error -> {
            // Its log is not read: nobody knows what its groups committed.
        });
        return positions.found;
    }

    private void addAll(ActiveGroups active) {
        GroupState state = active.state();
        for (String groupId : state.groupIdsWithOffsets()) {
            GroupState.GroupOffsets offsets = state.offsets(groupId);
            if (offsets != null && found.size() < max) {
                offsets.topics().forEach(topic -> addAll(groupId, topic, offsets.of(topic)));
            }
        }
    }

    private void addAll(String groupId, String name, Map<Integer, OffsetCommitValue> partitions) {
        TopicImage topic = image.topic(name);
        if (topic == null) {
            return;
        }
        partitions.forEach((partition, committed) -> {
            Uuid committedFor = committed.topicId();
            // An offset of a topic that was deleted says nothing of one that has its name now.
            if (found.size() < max && (committedFor.isZero() || committedFor.equals(topic.topicId()))) {
                found.add(new CommittedPosition(groupId, name, topic.topicId(), partition, committed.offset()));
            }
        });
    }
}
