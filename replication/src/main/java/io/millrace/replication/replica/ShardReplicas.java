package io.millrace.replication.replica;

import io.millrace.protocol.Uuid;
import io.millrace.replication.metadata.ConfigResource;
import io.millrace.replication.metadata.IntList;
import io.millrace.replication.metadata.MetadataDelta;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataSubscriber;
import io.millrace.replication.metadata.PartitionImage;
import io.millrace.replication.metadata.TopicDelta;
import io.millrace.replication.metadata.TopicImage;
import io.millrace.runtime.EventLoop;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.PartitionLog;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of one shard: opened, changed and closed as metadata says. Owned by the shard loop; subscribe it there, after
 * the broker has registered, so that the first image it sees has the leader epochs of this start.
 *
 * <p>An idle partition costs a row here. A look-up is one hash of the topic id and one array index.
 */
public final class ShardReplicas implements MetadataSubscriber {

    /**
     * Which shard this is. Immutable.
     *
     * @param index {@code 0..count - 1}
     * @param count shards of this broker
     */
    public record Shard(EventLoop loop, int index, int count, int brokerId) {

        boolean owns(String topic, int partition) {
            return ShardAssignment.shardOf(topic, partition, count) == index;
        }
    }

    /** A partition with a replica here. */
    private static final class Row {
        final PartitionLog log;

        @Nullable
        LeaderReplica leader;

        Row(PartitionLog log) {
            this.log = log;
        }
    }

    private final Shard shard;
    private final PartitionLogs logs;
    private final ReplicaSettingsSource settings;
    private final ReplicaEvents events;
    private final DeadlineQueue deadlines;
    /** By topic id, then by partition; null where the replica is not here. Insertion order, so that nothing depends on hashes. */
    private final Map<Uuid, @Nullable Row[]> rows = new LinkedHashMap<>();

    private int replicaCount;
    private MetadataImage image = MetadataImage.EMPTY;

    public ShardReplicas(Shard shard, PartitionLogs logs, ReplicaSettingsSource settings, ReplicaEvents events) {
        this.shard = shard;
        this.logs = logs;
        this.settings = settings;
        this.events = events;
        this.deadlines = new DeadlineQueue(shard.loop());
    }

    /** After {@link ProduceOutcome.TailFull}: runs {@code task} once, on the loop, when the append may be tried again. */
    public void whenRoom(Runnable task) {
        logs.whenRoom(task);
    }

    /** For parked fetches and whatever else ends by time on this shard. */
    public DeadlineQueue deadlines() {
        return deadlines;
    }

    /** Replicas on this shard, leading or not. */
    public int replicaCount() {
        return replicaCount;
    }

    /** The image that this shard has followed so far. */
    public MetadataImage image() {
        return image;
    }

    /**
     * The replica that leads the partition on this shard, or null: not this shard's, not led here, its directory offline, or
     * not known yet. A fenced replica is answered; it says why it refuses.
     */
    public @Nullable LeaderReplica leader(Uuid topicId, int partition) {
        Row row = row(topicId, partition);
        return row == null ? null : row.leader;
    }

    /** Shows every log on this shard, by topic in the order in which they came. */
    public void eachLog(Consumer<? super PartitionLog> visitor) {
        shard.loop().checkOwned();
        for (@Nullable Row[] hosted : rows.values()) {
            for (Row row : hosted) {
                if (row != null) {
                    visitor.accept(row.log);
                }
            }
        }
    }

    @Override
    public void changed(MetadataImage before, MetadataImage after, MetadataDelta delta) {
        shard.loop().checkOwned();
        image = after;
        for (TopicDelta topic : delta.topics()) {
            TopicImage now = topic.after();
            IntList partitions = topic.changedPartitions();
            for (int i = 0; i < partitions.size(); i++) {
                if (now == null) {
                    TopicImage gone = topic.before();
                    if (gone != null) {
                        deleted(gone.topicId(), partitions.get(i));
                    }
                } else if (shard.owns(now.name(), partitions.get(i))) {
                    changed(now, partitions.get(i));
                }
            }
            if (now == null && topic.before() != null) {
                rows.remove(topic.before().topicId());
                events.topicDeleted(topic.before().topicId());
            }
        }
        configsChanged(delta);
    }

    private void changed(TopicImage topic, int number) {
        PartitionImage partition = topic.partition(number);
        if (partition == null || !partition.replicas().contains(shard.brokerId())) {
            resign(row(topic.topicId(), number));
            return;
        }
        Row row = opened(topic, number);
        if (row == null) {
            return;
        }
        LeaderReplica leader = row.leader;
        boolean leads = partition.leader() == shard.brokerId();
        if (leads && leader != null && leader.leaderEpoch() == partition.leaderEpoch()) {
            leader.change(partition);
            return;
        }
        resign(row);
        if (leads) {
            long known = leader == null ? -1 : leader.highWatermark();
            ReplicaSettings chosen = settings.settings(image, topic);
            ReplicaEvents reports = events.ofTopic(topic.topicId(), topic.name());
            row.leader = new LeaderReplica(shard.loop(), row.log, partition, known, chosen, deadlines, reports);
            row.log.decidesRetention(true);
        }
    }

    private @Nullable Row opened(TopicImage topic, int partition) {
        Row row = row(topic.topicId(), partition);
        if (row != null) {
            return row;
        }
        PartitionLog log = logs.open(new LogIdentity(topic.topicId(), topic.name(), partition), image);
        if (log == null) {
            return null;
        }
        Row opened = new Row(log);
        @Nullable Row[] present = rows.get(topic.topicId());
        @Nullable
        Row[] wide = present == null
                ? new Row[partition + 1]
                : partition < present.length
                        ? present
                        : Arrays.copyOf(present, Math.max(partition + 1, present.length * 2));
        wide[partition] = opened;
        rows.put(topic.topicId(), wide);
        replicaCount++;
        return opened;
    }

    private void deleted(Uuid topicId, int partition) {
        Row row = row(topicId, partition);
        if (row != null) {
            resign(row);
            replicaCount--;
            logs.delete(row.log);
        }
    }

    private static void resign(@Nullable Row row) {
        if (row != null && row.leader != null) {
            LeaderReplica leader = row.leader;
            row.leader = null;
            row.log.decidesRetention(false);
            leader.close();
        }
    }

    /** A topic's configs concern its rows; a broker's default concerns every row, and is changed by operators only. */
    private void configsChanged(MetadataDelta delta) {
        boolean defaults = false;
        for (ConfigResource resource : delta.configs()) {
            if (resource.type() == ConfigResource.Type.BROKER) {
                defaults = true;
            } else {
                TopicImage topic = image.topic(resource.name());
                if (topic != null) {
                    reconfigure(topic);
                }
            }
        }
        if (defaults) {
            for (Uuid topicId : rows.keySet()) {
                TopicImage topic = image.topic(topicId);
                if (topic != null) {
                    reconfigure(topic);
                }
            }
        }
    }

    private void reconfigure(TopicImage topic) {
        @Nullable Row[] hosted = rows.get(topic.topicId());
        if (hosted == null) {
            return;
        }
        ReplicaSettings changed = settings.settings(image, topic);
        for (Row row : hosted) {
            if (row != null) {
                logs.reconfigure(row.log, image);
                if (row.leader != null) {
                    row.leader.change(changed);
                }
            }
        }
    }

    private @Nullable Row row(Uuid topicId, int partition) {
        @Nullable Row[] hosted = rows.get(topicId);
        return hosted == null || partition < 0 || partition >= hosted.length ? null : hosted[partition];
    }

    /** Ends every leadership; what waits is answered NOT_LEADER_OR_FOLLOWER. The logs stay open: they are storage's. */
    public void close() {
        shard.loop().checkOwned();
        for (@Nullable Row[] hosted : rows.values()) {
            for (Row row : hosted) {
                resign(row);
            }
        }
    }
}
