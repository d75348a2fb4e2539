package io.millrace.broker.offsets;

import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shard;
import io.millrace.broker.shard.Shards;
import io.millrace.broker.shard.SlotGather;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.ListOffsetsRequest;
import io.millrace.protocol.message.ListOffsetsResponse;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.replication.metadata.TopicImage;
import io.millrace.replication.replica.LeaderReplica;
import io.millrace.replication.replica.ListedOffset;
import io.millrace.replication.replica.ReadBound;
import org.jspecify.annotations.Nullable;

/** ListOffsets, versions 1 to 11: earliest, latest, by time, by largest timestamp (KIP-79, KIP-734). */
public final class ListOffsetsHandler implements ApiHandler<ListOffsetsRequest> {

    private static final byte READ_COMMITTED = 1;
    private static final int UNKNOWN = Integer.MAX_VALUE;

    private final MetadataPublisher metadata;
    private final Shards shards;

    public ListOffsetsHandler(MetadataPublisher metadata, Shards shards) {
        this.metadata = metadata;
        this.shards = shards;
    }

    @Override
    public void handle(RequestContext context, ListOffsetsRequest request) {
        new Lookup(context, request).start(metadata.image());
    }

    /** The first version of the request that may ask for this; below 0 timestamps are words, each from a KIP of its own. */
    private static int firstVersionOf(long timestamp) {
        if (timestamp >= 0) {
            return 0;
        }
        return switch ((int) Math.max(timestamp, Integer.MIN_VALUE)) {
            case -1, -2 -> 1; // latest, earliest
            case -3 -> 7; // largest timestamp, KIP-734
            case -4 -> 8; // earliest local, KIP-405
            case -5 -> 9; // latest tiered, KIP-1005
            case -6 -> 11; // earliest pending upload, KIP-1023
            default -> UNKNOWN;
        };
    }

    /** One request; slots as in produce. */
    private final class Lookup implements ListedOffset.Answer {

        private final RequestContext context;
        private final ListOffsetsRequest request;
        private final ReadBound bound;
        private final ListOffsetsRequest.ListOffsetsPartition[] partitions;
        private final @Nullable TopicImage[] topics;
        private final ListedOffset[] listed;
        private final SlotGather gather;

        Lookup(RequestContext context, ListOffsetsRequest request) {
            this.context = context;
            this.request = request;
            this.bound = request.isolationLevel() == READ_COMMITTED ? ReadBound.STABLE : ReadBound.COMMITTED;
            int slots = 0;
            for (ListOffsetsRequest.ListOffsetsTopic topic : request.topics()) {
                slots += topic.partitions().size();
            }
            partitions = new ListOffsetsRequest.ListOffsetsPartition[slots];
            topics = new @Nullable TopicImage[slots];
            listed = new ListedOffset[slots];
            gather = new SlotGather(context, slots + 1, this::answer);
        }

        void start(MetadataImage image) {
            int[] shardOfSlot = new int[partitions.length];
            int slot = 0;
            for (ListOffsetsRequest.ListOffsetsTopic topic : request.topics()) {
                TopicImage found = image.topic(topic.name());
                for (ListOffsetsRequest.ListOffsetsPartition partition : topic.partitions()) {
                    partitions[slot] = partition;
                    topics[slot] = found;
                    if (context.version() < firstVersionOf(partition.timestamp())) {
                        shardOfSlot[slot] = Shards.NONE;
                        done(slot, error(ErrorCode.UNSUPPORTED_VERSION));
                    } else if (found == null || found.partition(partition.partitionIndex()) == null) {
                        shardOfSlot[slot] = Shards.NONE;
                        done(slot, error(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION));
                    } else {
                        shardOfSlot[slot] = shards.shardOf(found.name(), partition.partitionIndex());
                    }
                    slot++;
                }
            }
            shards.scatter(context, shardOfSlot, this::look);
            gather.slotDone();
        }

        private void look(int slot, Shard shard) {
            TopicImage topic = topics[slot];
            ListOffsetsRequest.ListOffsetsPartition partition = partitions[slot];
            LeaderReplica replica =
                    topic == null ? null : shard.replicas().leader(topic.topicId(), partition.partitionIndex());
            if (replica == null) {
                done(slot, error(ErrorCode.NOT_LEADER_OR_FOLLOWER));
            } else {
                replica.listOffset(partition.timestamp(), bound, partition.currentLeaderEpoch(), this, slot);
            }
        }

        private ListedOffset error(ErrorCode error) {
            return new ListedOffset(error, -1, -1, -1);
        }

        @Override
        public void done(int slot, ListedOffset answer) {
            listed[slot] = answer;
            gather.slotDone();
        }

        private void answer() {
            ListOffsetsResponse response = new ListOffsetsResponse();
            int slot = 0;
            for (ListOffsetsRequest.ListOffsetsTopic topic : request.topics()) {
                ListOffsetsResponse.ListOffsetsTopicResponse answered =
                        new ListOffsetsResponse.ListOffsetsTopicResponse().name(topic.name());
                for (ListOffsetsRequest.ListOffsetsPartition partition : topic.partitions()) {
                    ListedOffset found = listed[slot++];
                    answered.partitions()
                            .add(new ListOffsetsResponse.ListOffsetsPartitionResponse()
                                    .partitionIndex(partition.partitionIndex())
                                    .errorCode(found.error().code())
                                    .offset(found.offset())
                                    .timestamp(found.timestampMs())
                                    .leaderEpoch(context.version() >= 4 ? found.leaderEpoch() : -1));
                }
                response.topics().add(answered);
            }
            context.answer(response);
        }
    }
}
