package io.millrace.broker.coordinator.group;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.config.InternalTopics;
import io.millrace.broker.coordinator.group.classic.GroupPhase;
import io.millrace.broker.coordinator.group.classic.RebalanceCounts;
import io.millrace.broker.coordinator.group.log.ReplicaOffsetsLog;
import io.millrace.broker.coordinator.group.state.GroupMemory;
import io.millrace.broker.metrics.Meter;
import io.millrace.broker.metrics.MeterSource;
import io.millrace.broker.metrics.Readings;
import io.millrace.broker.shard.Shard;
import io.millrace.protocol.ErrorCode;
import io.millrace.replication.metadata.IntList;
import io.millrace.replication.metadata.MetadataDelta;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataSubscriber;
import io.millrace.replication.metadata.TopicDelta;
import io.millrace.replication.metadata.TopicImage;
import io.millrace.replication.replica.LeaderReplica;
import io.millrace.runtime.Randomness;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator partitions of one shard: opened and closed with the leadership of their replicas. Owned by the shard loop;
 * subscribe it there after the shard's replicas, so that it finds them changed already.
 */
public final class GroupShard implements MetadataSubscriber, MeterSource {

    /** A partition and the leadership it rests on. */
    private record Hosted(LeaderReplica replica, GroupPartition partition) {}

    private final Shard shard;
    private final GroupConfig config;
    private final Randomness randomness;
    private final GroupMemory memory;
    private final Map<Integer, Hosted> hosted = new TreeMap<>();
    private final RebalanceCounts counts = new RebalanceCounts();
    private boolean closed;

    public GroupShard(Shard shard, GroupConfig config, Randomness randomness, GroupMemory memory) {
        this.shard = shard;
        this.config = config;
        this.randomness = randomness;
        this.memory = memory;
    }

    @Override
    public void changed(MetadataImage before, MetadataImage after, MetadataDelta delta) {
        shard.loop().checkOwned();
        for (TopicDelta topic : delta.topics()) {
            TopicImage gone = topic.before();
            TopicImage named = topic.after() != null ? topic.after() : gone;
            if (named != null && named.name().equals(InternalTopics.CONSUMER_OFFSETS)) {
                IntList partitions = topic.changedPartitions();
                for (int i = 0; i < partitions.size(); i++) {
                    follow(topic.after(), partitions.get(i));
                }
            } else if (topic.deleted() && gone != null) {
                hosted.values().forEach(each -> each.partition().topicDeleted(gone.name(), gone.topicId()));
            }
        }
    }

    private void follow(@Nullable TopicImage topic, int number) {
        LeaderReplica replica =
                topic == null || closed ? null : shard.replicas().leader(topic.topicId(), number);
        Hosted present = hosted.get(number);
        if (present != null && present.replica() == replica) {
            return;
        }
        if (present != null) {
            hosted.remove(number);
            present.partition().close();
        }
        if (replica != null) {
            ReplicaOffsetsLog log =
                    new ReplicaOffsetsLog(shard.loop(), shard.replicas().deadlines(), replica);
            GroupPartition opened = new GroupPartition(
                    shard.loop(), shard.replicas().deadlines(), log, config, randomness, memory, counts);
            hosted.put(number, new Hosted(replica, opened));
            opened.load();
        }
    }

    @Override
    public void read(Readings into) {
        for (GroupPhase phase : GroupPhase.values()) {
            if (phase != GroupPhase.DEAD) {
                into.add(Meter.GROUPS, 0, phase.text());
            }
        }
        into.add(Meter.GROUP_MEMBERS, 0);
        into.add(Meter.GROUP_MEMORY, memory.usedBytes());
        into.add(Meter.GROUP_MEMORY_LIMIT, memory.maxBytes());
        counts.read(into);
        each(active -> active.classic().read(into), error -> {
            // Not read yet, or not readable: its groups are not known.
        });
    }

    /** Lets the partition serve, or says why it does not. */
    void call(int number, GroupCoordinator.Call call) {
        Hosted present = hosted.get(number);
        ActiveGroups active = present == null ? null : present.partition().active();
        if (active != null) {
            call.serve(active);
        } else {
            call.refused(
                    present == null
                            ? ErrorCode.NOT_COORDINATOR
                            : present.partition().unavailable());
        }
    }

    /** Every partition here: the serving ones to {@code serving}, the errors of the others to {@code refused}. */
    public void each(Consumer<ActiveGroups> serving, Consumer<ErrorCode> refused) {
        for (Hosted each : hosted.values()) {
            ActiveGroups active = each.partition().active();
            if (active != null) {
                serving.accept(active);
            } else {
                refused.accept(each.partition().unavailable());
            }
        }
    }

    /** Serves nobody any more; who waits is told NOT_COORDINATOR. Before a stop, which would wait for them. */
    public void close() {
        shard.loop().checkOwned();
        closed = true;
        hosted.values().forEach(each -> each.partition().close());
        hosted.clear();
    }
}
