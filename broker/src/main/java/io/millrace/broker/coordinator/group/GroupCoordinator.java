package io.millrace.broker.coordinator.group;

import io.millrace.broker.config.InternalTopics;
import io.millrace.broker.coordinator.group.state.RecordText;
import io.millrace.broker.shard.Shard;
import io.millrace.broker.shard.Shards;
import io.millrace.broker.shard.SlotGather;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.ListGroupsResponse;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.replication.metadata.TopicImage;
import io.millrace.runtime.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the coordinator of a group and runs there what is asked of it. Immutable; any thread.
 *
 * <p>A group belongs to the partition of {@code __consumer_offsets} that its name's hash chooses, as in Kafka, so that the
 * number of partitions must not change while groups exist.
 */
public final class GroupCoordinator {

    /** Work of one request on a group. Exactly one of the two is called, on the loop of the group's shard. */
    public interface Call {

        void serve(ActiveGroups groups);

        /**
         * Nobody serves the group here now.
         *
         * @param error NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS or COORDINATOR_NOT_AVAILABLE; INVALID_GROUP_ID for a
         *     name that no record can hold
         */
        void refused(ErrorCode error);
    }

    private final Shards shards;
    private final List<GroupShard> groupShards;
    private final MetadataPublisher metadata;

    /** @param groupShards in the order of {@code shards} */
    public GroupCoordinator(Shards shards, List<GroupShard> groupShards, MetadataPublisher metadata) {
        this.shards = shards;
        this.groupShards = List.copyOf(groupShards);
        this.metadata = metadata;
    }

    /** The partition of {@code __consumer_offsets} that a group belongs to. */
    public static int partitionOf(String groupId, int partitions) {
        return (groupId.hashCode() & Integer.MAX_VALUE) % partitions;
    }

    /** Runs {@code call} where the group is; at once when the caller is there. */
    public void call(String groupId, Call call) {
        if (RecordText.isTooLong(groupId)) {
            call.refused(ErrorCode.INVALID_GROUP_ID);
            return;
        }
        TopicImage topic = metadata.image().topic(InternalTopics.CONSUMER_OFFSETS);
        if (topic == null) {
            call.refused(ErrorCode.NOT_COORDINATOR);
            return;
        }
        int partition = partitionOf(groupId, topic.partitionCount());
        Shard shard = shards.shard(shards.shardOf(topic.name(), partition));
        Shards.onLoop(shard.loop(), () -> groupShards.get(shard.index()).call(partition, call));
    }

    /** What every group on this broker looks like. */
    public interface Listing {

        /**
         * The groups that were found.
         *
         * @param error NONE, or why groups may be missing
         */
        void listed(List<ListGroupsResponse.ListedGroup> groups, ErrorCode error);
    }

    /** One shard's part of a listing. */
    private record Part(List<ListGroupsResponse.ListedGroup> groups, ErrorCode error) {}

    /** Asks every coordinator of this broker; tells {@code answer} on {@code home}. */
    public void list(EventLoop home, Listing answer) {
        // Each shard fills its own slot; the gathering publishes it.
        @Nullable Part[] parts = new @Nullable Part[shards.count()];
        SlotGather gather = new SlotGather(home, shards.count(), () -> {
            List<ListGroupsResponse.ListedGroup> all = new ArrayList<>();
            ErrorCode error = ErrorCode.NONE;
            for (Part part : parts) {
                if (part != null) {
                    all.addAll(part.groups());
                    error = part.error() == ErrorCode.NONE ? error : part.error();
                }
            }
            answer.listed(all, error);
        });
        for (Shard shard : shards.all()) {
            Shards.onLoop(
                    shard.loop(),
                    () -> listShard(shard, part -> {
                        parts[shard.index()] = part;
                        gather.slotDone();
                    }));
        }
    }

    private void listShard(Shard shard, Consumer<Part> done) {
        List<ActiveGroups> serving = new ArrayList<>();
        List<ErrorCode> errors = new ArrayList<>();
        groupShards.get(shard.index()).each(serving::add, errors::add);
        List<ListGroupsResponse.ListedGroup> found = new ArrayList<>();
        SlotGather ofShard = new SlotGather(
                shard.loop(),
                serving.size() + 1,
                () -> done.accept(new Part(found, errors.isEmpty() ? ErrorCode.NONE : errors.getFirst())));
        for (ActiveGroups each : serving) {
            each.list((listed, error) -> {
                found.addAll(listed);
                if (error != ErrorCode.NONE) {
                    errors.add(error);
                }
                ofShard.slotDone();
            });
        }
        ofShard.slotDone();
    }
}
