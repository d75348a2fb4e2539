package io.millrace.broker.offsets;

import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shard;
import io.millrace.broker.shard.Shards;
import io.millrace.broker.shard.SlotGather;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.OffsetForLeaderEpochRequest;
import io.millrace.protocol.message.OffsetForLeaderEpochResponse;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.replication.metadata.TopicImage;
import io.millrace.replication.replica.EpochEndAnswer;
import io.millrace.replication.replica.LeaderReplica;
import org.jspecify.annotations.Nullable;

/** OffsetForLeaderEpoch, versions 2 to 4: where an epoch ended, so that a client can tell whether its log was cut (KIP-320). */
public final class EpochEndHandler implements ApiHandler<OffsetForLeaderEpochRequest> {

    private final MetadataPublisher metadata;
    private final Shards shards;

    public EpochEndHandler(MetadataPublisher metadata, Shards shards) {
        this.metadata = metadata;
        this.shards = shards;
    }

    @Override
    public void handle(RequestContext context, OffsetForLeaderEpochRequest request) {
        new Lookup(context, request).start(metadata.image());
    }

    /** One request; slots as in produce. */
    private final class Lookup {

        private final RequestContext context;
        private final OffsetForLeaderEpochRequest request;
        private final OffsetForLeaderEpochRequest.OffsetForLeaderPartition[] partitions;
        private final @Nullable TopicImage[] topics;
        private final EpochEndAnswer[] ends;
        private final SlotGather gather;

        Lookup(RequestContext context, OffsetForLeaderEpochRequest request) {
            this.context = context;
            this.request = request;
            int slots = 0;
            for (OffsetForLeaderEpochRequest.OffsetForLeaderTopic topic : request.topics()) {
                slots += topic.partitions().size();
            }
            partitions = new OffsetForLeaderEpochRequest.OffsetForLeaderPartition[slots];
            topics = new @Nullable TopicImage[slots];
            ends = new EpochEndAnswer[slots];
            gather = new SlotGather(context, slots + 1, this::answer);
        }

        void start(MetadataImage image) {
            int[] shardOfSlot = new int[partitions.length];
            int slot = 0;
            for (OffsetForLeaderEpochRequest.OffsetForLeaderTopic topic : request.topics()) {
                TopicImage found = image.topic(topic.topic());
                for (OffsetForLeaderEpochRequest.OffsetForLeaderPartition partition : topic.partitions()) {
                    partitions[slot] = partition;
                    topics[slot] = found;
                    if (found == null || found.partition(partition.partition()) == null) {
                        shardOfSlot[slot] = Shards.NONE;
                        done(slot, new EpochEndAnswer(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, -1, -1));
                    } else {
                        shardOfSlot[slot] = shards.shardOf(found.name(), partition.partition());
                    }
                    slot++;
                }
            }
            shards.scatter(context, shardOfSlot, this::look);
            gather.slotDone();
        }

        private void look(int slot, Shard shard) {
            TopicImage topic = topics[slot];
            OffsetForLeaderEpochRequest.OffsetForLeaderPartition partition = partitions[slot];
            LeaderReplica replica =
                    topic == null ? null : shard.replicas().leader(topic.topicId(), partition.partition());
            done(
                    slot,
                    replica == null
                            ? new EpochEndAnswer(ErrorCode.NOT_LEADER_OR_FOLLOWER, -1, -1)
                            : replica.epochEnd(partition.currentLeaderEpoch(), partition.leaderEpoch()));
        }

        private void done(int slot, EpochEndAnswer end) {
            ends[slot] = end;
            gather.slotDone();
        }

        private void answer() {
            OffsetForLeaderEpochResponse response = new OffsetForLeaderEpochResponse();
            int slot = 0;
            for (OffsetForLeaderEpochRequest.OffsetForLeaderTopic topic : request.topics()) {
                OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult answered =
                        new OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult().topic(topic.topic());
                for (OffsetForLeaderEpochRequest.OffsetForLeaderPartition partition : topic.partitions()) {
                    EpochEndAnswer end = ends[slot++];
                    answered.partitions()
                            .add(new OffsetForLeaderEpochResponse.EpochEndOffset()
                                    .partition(partition.partition())
                                    .errorCode(end.error().code())
                                    .leaderEpoch(end.leaderEpoch())
                                    .endOffset(end.endOffset()));
                }
                response.topics().add(answered);
            }
            context.answer(response);
        }
    }
}
