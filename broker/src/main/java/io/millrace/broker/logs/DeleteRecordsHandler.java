package io.millrace.broker.logs;

import io.millrace.broker.config.TopicConfigs;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shard;
import io.millrace.broker.shard.Shards;
import io.millrace.broker.shard.SlotGather;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.DeleteRecordsRequest;
import io.millrace.protocol.message.DeleteRecordsResponse;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.replication.metadata.TopicImage;
import io.millrace.replication.replica.DeletedRecords;
import io.millrace.replication.replica.LeaderReplica;
import org.jspecify.annotations.Nullable;

/** DeleteRecords, versions 0 to 2 (KIP-107): moves log starts up; answered when the moves survive a power loss. */
public final class DeleteRecordsHandler implements ApiHandler<DeleteRecordsRequest> {

    private final MetadataPublisher metadata;
    private final Shards shards;
    private final TopicConfigs configs;

    public DeleteRecordsHandler(MetadataPublisher metadata, Shards shards, TopicConfigs configs) {
        this.metadata = metadata;
        this.shards = shards;
        this.configs = configs;
    }

    @Override
    public void handle(RequestContext context, DeleteRecordsRequest request) {
        new Deletion(context, request).start(metadata.image());
    }

    /** One request; slots as in produce. */
    private final class Deletion implements DeletedRecords.Answer {

        private final RequestContext context;
        private final DeleteRecordsRequest request;
        private final DeleteRecordsRequest.DeleteRecordsPartition[] partitions;
        private final @Nullable TopicImage[] topics;
        private final DeletedRecords[] deleted;
        private final SlotGather gather;

        Deletion(RequestContext context, DeleteRecordsRequest request) {
            this.context = context;
            this.request = request;
            int slots = 0;
            for (DeleteRecordsRequest.DeleteRecordsTopic topic : request.topics()) {
                slots += topic.partitions().size();
            }
            partitions = new DeleteRecordsRequest.DeleteRecordsPartition[slots];
            topics = new @Nullable TopicImage[slots];
            deleted = new DeletedRecords[slots];
            gather = new SlotGather(context, slots + 1, this::answer);
        }

        void start(MetadataImage image) {
            int[] shardOfSlot = new int[partitions.length];
            int slot = 0;
            for (DeleteRecordsRequest.DeleteRecordsTopic topic : request.topics()) {
                TopicImage found = image.topic(topic.name());
                boolean deletable = found != null && configs.deletesRecords(image, found.name());
                for (DeleteRecordsRequest.DeleteRecordsPartition partition : topic.partitions()) {
                    partitions[slot] = partition;
                    topics[slot] = found;
                    shardOfSlot[slot] = Shards.NONE;
                    if (found == null || found.partition(partition.partitionIndex()) == null) {
                        done(slot, refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
                    } else if (!deletable) {
                        done(slot, refused(ErrorCode.POLICY_VIOLATION));
                    } else {
                        shardOfSlot[slot] = shards.shardOf(found.name(), partition.partitionIndex());
                    }
                    slot++;
                }
            }
            shards.scatter(context, shardOfSlot, this::delete);
            gather.slotDone();
        }

        private void delete(int slot, Shard shard) {
            TopicImage topic = topics[slot];
            DeleteRecordsRequest.DeleteRecordsPartition partition = partitions[slot];
            LeaderReplica replica =
                    topic == null ? null : shard.replicas().leader(topic.topicId(), partition.partitionIndex());
            if (replica == null) {
                done(slot, refused(ErrorCode.NOT_LEADER_OR_FOLLOWER));
            } else {
                replica.deleteRecords(partition.offset(), request.timeoutMs(), this, slot);
            }
        }

        private DeletedRecords refused(ErrorCode error) {
            return new DeletedRecords(error, -1);
        }

        @Override
        public void done(int slot, DeletedRecords outcome) {
            deleted[slot] = outcome;
            gather.slotDone();
        }

        private void answer() {
            DeleteRecordsResponse response = new DeleteRecordsResponse();
            int slot = 0;
            for (DeleteRecordsRequest.DeleteRecordsTopic topic : request.topics()) {
                DeleteRecordsResponse.DeleteRecordsTopicResult answered =
                        new DeleteRecordsResponse.DeleteRecordsTopicResult().name(topic.name());
                for (DeleteRecordsRequest.DeleteRecordsPartition partition : topic.partitions()) {
                    DeletedRecords outcome = deleted[slot++];
                    answered.partitions()
                            .add(new DeleteRecordsResponse.DeleteRecordsPartitionResult()
                                    .partitionIndex(partition.partitionIndex())
                                    .errorCode(outcome.error().code())
                                    .lowWatermark(outcome.logStartOffset()));
                }
                response.topics().add(answered);
            }
            context.answer(response);
        }
    }
}
