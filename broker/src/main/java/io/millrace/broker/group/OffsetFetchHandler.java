package io.millrace.broker.group;

import io.millrace.broker.coordinator.group.GroupCoordinator;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.SlotGather;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.OffsetFetchRequest;
import io.millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.millrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.millrace.protocol.message.OffsetFetchResponse;
import io.millrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.millrace.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.millrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.replication.metadata.TopicImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** OffsetFetch, versions 1 to 10: one group, several from version 8 on, topics by id from version 10 on. */
final class OffsetFetchHandler implements ApiHandler<OffsetFetchRequest> {

    private static final int FIRST_TOP_ERROR_VERSION = 2;
    private static final int FIRST_BATCHED_VERSION = 8;
    private static final int FIRST_TOPIC_ID_VERSION = 10;

    private final GroupCoordinator coordinator;
    private final MetadataPublisher metadata;

    OffsetFetchHandler(GroupCoordinator coordinator, MetadataPublisher metadata) {
        this.coordinator = coordinator;
        this.metadata = metadata;
    }

    @Override
    public void handle(RequestContext context, OffsetFetchRequest request) {
        MetadataImage image = metadata.image();
        boolean batched = context.version() >= FIRST_BATCHED_VERSION;
        List<OffsetFetchRequestGroup> groups = batched ? request.groups() : List.of(single(request));
        OffsetFetchResponseGroup[] answers = new OffsetFetchResponseGroup[groups.size()];
        SlotGather gather = new SlotGather(
                context,
                answers.length + 1,
                () -> context.answer(batched ? batch(answers) : single(context, groups.getFirst(), answers[0])));
        for (int i = 0; i < answers.length; i++) {
            int slot = i;
            fetch(context, groups.get(i), image, answer -> {
                answers[slot] = answer;
                gather.slotDone();
            });
        }
        gather.slotDone();
    }

    private void fetch(
            RequestContext context,
            OffsetFetchRequestGroup group,
            MetadataImage image,
            Consumer<OffsetFetchResponseGroup> answer) {
        List<OffsetFetchResponseTopics> unknown = new ArrayList<>();
        if (context.version() >= FIRST_TOPIC_ID_VERSION && group.topics() != null) {
            group.topics(named(group.topics(), image, unknown));
        }
        boolean byId = context.version() >= FIRST_TOPIC_ID_VERSION;
        GroupRequest.call(
                context,
                coordinator,
                group.groupId(),
                groups -> groups.offsets().fetch(group, image, found -> {
                    if (byId) {
                        found.topics().removeIf(topic -> topic.topicId().isZero());
                    }
                    found.topics().addAll(unknown);
                    answer.accept(found);
                }),
                error -> answer.accept(
                        new OffsetFetchResponseGroup().groupId(group.groupId()).errorCode(error.code())));
    }

    /** Gives topics that were named by id their names; those that do not exist are answered here. */
    private static List<OffsetFetchRequestTopics> named(
            List<OffsetFetchRequestTopics> asked, MetadataImage image, List<OffsetFetchResponseTopics> unknown) {
        List<OffsetFetchRequestTopics> named = new ArrayList<>(asked.size());
        for (OffsetFetchRequestTopics topic : asked) {
            TopicImage found = image.topic(topic.topicId());
            if (found != null) {
                named.add(topic.name(found.name()));
                continue;
            }
            OffsetFetchResponseTopics answer = new OffsetFetchResponseTopics().topicId(topic.topicId());
            for (int index : topic.partitionIndexes()) {
                answer.partitions()
                        .add(new OffsetFetchResponsePartitions()
                                .partitionIndex(index)
                                .committedOffset(-1)
                                .errorCode(ErrorCode.UNKNOWN_TOPIC_ID.code()));
            }
            unknown.add(answer);
        }
        return named;
    }

    private static OffsetFetchRequestGroup single(OffsetFetchRequest request) {
        List<OffsetFetchRequest.OffsetFetchRequestTopic> asked = request.topics();
        List<OffsetFetchRequestTopics> topics = null;
        if (asked != null) {
            topics = new ArrayList<>(asked.size());
            for (OffsetFetchRequest.OffsetFetchRequestTopic topic : asked) {
                topics.add(
                        new OffsetFetchRequestTopics().name(topic.name()).partitionIndexes(topic.partitionIndexes()));
            }
        }
        return new OffsetFetchRequestGroup().groupId(request.groupId()).topics(topics);
    }

    private static OffsetFetchResponse batch(OffsetFetchResponseGroup[] answers) {
        return new OffsetFetchResponse().groups(Arrays.asList(answers));
    }

    private static OffsetFetchResponse single(
            RequestContext context, OffsetFetchRequestGroup asked, OffsetFetchResponseGroup found) {
        OffsetFetchResponse response = new OffsetFetchResponse();
        if (context.version() >= FIRST_TOP_ERROR_VERSION) {
            response.errorCode(found.errorCode());
        } else if (found.errorCode() != ErrorCode.NONE.code()) {
            response.topics(everywhere(asked, found.errorCode()));
        }
        for (OffsetFetchResponseTopics topic : found.topics()) {
            OffsetFetchResponse.OffsetFetchResponseTopic answered =
                    new OffsetFetchResponse.OffsetFetchResponseTopic().name(topic.name());
            for (OffsetFetchResponsePartitions partition : topic.partitions()) {
                answered.partitions()
                        .add(new OffsetFetchResponse.OffsetFetchResponsePartition()
                                .partitionIndex(partition.partitionIndex())
                                .committedOffset(partition.committedOffset())
                                .committedLeaderEpoch(partition.committedLeaderEpoch())
                                .metadata(partition.metadata())
                                .errorCode(partition.errorCode()));
            }
            response.topics().add(answered);
        }
        return response;
    }

    /** Version 1 has no place for the error of a group but its partitions. */
    private static List<OffsetFetchResponse.OffsetFetchResponseTopic> everywhere(
            OffsetFetchRequestGroup asked, short errorCode) {
        List<OffsetFetchResponse.OffsetFetchResponseTopic> topics = new ArrayList<>();
        List<OffsetFetchRequestTopics> named = asked.topics();
        if (named != null) {
            for (OffsetFetchRequestTopics topic : named) {
                OffsetFetchResponse.OffsetFetchResponseTopic answered =
                        new OffsetFetchResponse.OffsetFetchResponseTopic().name(topic.name());
                for (int index : topic.partitionIndexes()) {
                    answered.partitions()
                            .add(new OffsetFetchResponse.OffsetFetchResponsePartition()
                                    .partitionIndex(index)
                                    .committedOffset(-1)
                                    .metadata("")
                                    .errorCode(errorCode));
                }
                topics.add(answered);
            }
        }
        return topics;
    }
}
