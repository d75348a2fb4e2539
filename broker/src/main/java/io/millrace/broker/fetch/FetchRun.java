package io.millrace.broker.fetch;

import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shard;
import io.millrace.broker.shard.Shards;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Uuid;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.TopicImage;
import io.millrace.replication.replica.LeaderReplica;
import io.millrace.replication.replica.ReplicaRead;
import io.millrace.storage.ReadResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One fetch between its arrival and its answer. Owned by the connection's loop, which hands it from shard to shard:
 *
 * <pre>
 *   start --- enough there, or no wait ---------------+
 *     |                                               v
 *     +--> FetchWait (parked on the shards) --wake--> whenHead --> read shard 0 --> read shard 1 ... --> answer
 *                                                                     ^                                   |
 *                                                                     +--- everything was cold: wait <----+
 * </pre>
 *
 * <p>Bytes are taken only when the answer is next to leave, so that a client that does not read pins nothing.
 */
final class FetchRun {

    private final RequestContext context;
    private final Shards shards;
    private final FetchLimits limits;
    private final @Nullable FetchSession session;
    private final List<FetchPartition> partitions;
    private final boolean full;
    private final ParkedFetches parkedHere;

    /** By slot: one partition of the fetch, in serving order. */
    private final FetchPartition.Position[] positions;

    private final Uuid[] topicIds;
    private final int[] shardOfSlot;
    private final @Nullable PartitionRead[] reads;

    private int answeredBytes;
    private @Nullable Runnable awaitCold;

    FetchRun(
            RequestContext context,
            Shards shards,
            FetchLimits limits,
            @Nullable FetchSession session,
            List<FetchPartition> partitions,
            boolean full,
            ParkedFetches parkedHere) {
        this.context = context;
        this.shards = shards;
        this.limits = limits;
        this.session = session;
        this.partitions = partitions;
        this.full = full;
        this.parkedHere = parkedHere;
        int slots = partitions.size();
        positions = new FetchPartition.Position[slots];
        topicIds = new Uuid[slots];
        shardOfSlot = new int[slots];
        reads = new @Nullable PartitionRead[slots];
    }

    void start(MetadataImage image) {
        boolean allKnown = true;
        for (int slot = 0; slot < positions.length; slot++) {
            FetchPartition partition = partitions.get(slot);
            positions[slot] = partition.position();
            allKnown &= resolve(image, slot, partition.key());
        }
        if (allKnown && limits.waits() && positions.length > 0 && parkedHere.enter(positions.length)) {
            park();
        } else {
            awaitTurn();
        }
    }

    private void park() {
        FetchWait wait =
                new FetchWait(context, shards, limits, positions, topicIds, slotPartitions(), shardOfSlot, () -> {
                    parkedHere.leave(positions.length);
                    awaitTurn();
                });
        context.whenDropped(() -> {
            if (wait.abandon()) {
                parkedHere.leave(positions.length);
            }
        });
        wait.start();
    }

    /** Finds the topic of a slot; false when there is none, which is then the slot's answer. */
    private boolean resolve(MetadataImage image, int slot, FetchPartition.Key key) {
        boolean byId = !key.topicId().isZero();
        TopicImage topic = byId ? image.topic(key.topicId()) : image.topic(key.topic());
        if (topic == null || topic.partition(key.partition()) == null) {
            boolean unknownId = byId && topic == null;
            reads[slot] =
                    PartitionRead.error(unknownId ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
            topicIds[slot] = key.topicId();
            shardOfSlot[slot] = Shards.NONE;
            return false;
        }
        topicIds[slot] = topic.topicId();
        shardOfSlot[slot] = shards.shardOf(topic.name(), key.partition());
        return true;
    }

    private int[] slotPartitions() {
        int[] numbers = new int[positions.length];
        for (int slot = 0; slot < numbers.length; slot++) {
            numbers[slot] = partitions.get(slot).key().partition();
        }
        return numbers;
    }

    private void awaitTurn() {
        context.whenHead(() -> readFrom(0));
    }

    /** Reads on every shard from {@code index} on, one after the other, then answers. Called on the connection's loop. */
    private void readFrom(int index) {
        for (int next = index; next < shards.count(); next++) {
            Shard shard = shards.shard(next);
            if (!concerns(shard)) {
                continue;
            }
            if (shard.loop().isOwner()) {
                readOn(shard);
            } else {
                int following = next + 1;
                shard.loop().post(context.guarded(() -> {
                    readOn(shard);
                    context.loop().post(context.guarded(() -> readFrom(following)));
                }));
                return;
            }
        }
        finish();
    }

    private boolean concerns(Shard shard) {
        for (int owner : shardOfSlot) {
            if (owner == shard.index()) {
                return true;
            }
        }
        return false;
    }

    /** On the shard's loop; nobody else touches this run meanwhile. */
    private void readOn(Shard shard) {
        for (int slot = 0; slot < positions.length; slot++) {
            if (shardOfSlot[slot] == shard.index()) {
                PartitionRead read = read(shard, slot);
                reads[slot] = read;
                answeredBytes += read.sizeBytes();
            }
        }
    }

    private PartitionRead read(Shard shard, int slot) {
        int partition = partitions.get(slot).key().partition();
        LeaderReplica replica = shard.replicas().leader(topicIds[slot], partition);
        if (replica == null) {
            return PartitionRead.error(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        }
        FetchPartition.Position position = positions[slot];
        int room = Math.min(position.maxBytes(), limits.maxBytes() - answeredBytes);
        ReplicaRead read = replica.read(
                position.offset(),
                limits.bound(),
                position.currentLeaderEpoch(),
                position.lastFetchedEpoch(),
                Math.max(0, room),
                answeredBytes == 0);
        return switch (read) {
            case ReplicaRead.Batches found -> {
                if (found.sizeBytes() > 0) {
                    replica.fetched(found.sizeBytes(), found.endOffset() - position.offset());
                }
                yield PartitionRead.of(found.offsets(), null, found.slices(), found.sizeBytes());
            }
            case ReplicaRead.Pending cold -> {
                awaitCold = () -> awaitCold(shard, cold.bytes());
                yield PartitionRead.of(
                        new ReplicaRead.Offsets(
                                replica.highWatermark(), replica.lastStableOffset(), replica.logStartOffset()),
                        null,
                        List.of(),
                        0);
            }
            case ReplicaRead.Diverging diverging ->
                PartitionRead.of(diverging.offsets(), diverging.epochEnd(), List.of(), 0);
            case ReplicaRead.Refused refused -> PartitionRead.error(refused.error(), refused.offsets());
        };
    }

    /** Reads again once cold bytes are at hand. */
    private void awaitCold(Shard shard, ReadResult.Pending cold) {
        Runnable again = context.guarded(() -> {
            awaitCold = null;
            readFrom(0);
        });
        if (shard.loop().isOwner()) {
            cold.whenReady(again);
        } else {
            shard.loop().post(() -> cold.whenReady(() -> context.loop().post(again)));
        }
    }

    private void finish() {
        Runnable cold = awaitCold;
        if (cold != null && answeredBytes == 0 && !anyError()) {
            cold.run();
            return;
        }
        context.answer(new FetchAnswer(session, limits, full).of(partitions, reads));
    }

    private boolean anyError() {
        for (PartitionRead read : reads) {
            if (read != null && read.isError()) {
                return true;
            }
        }
        return false;
    }
}
