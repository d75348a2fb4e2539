package io.millrace.broker.group;

import io.millrace.broker.coordinator.group.GroupCoordinator;
import io.millrace.broker.coordinator.group.offset.CommittedOffsets;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Uuid;
import io.millrace.protocol.message.OffsetCommitRequest;
import io.millrace.protocol.message.OffsetCommitResponse;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.replication.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;

/** OffsetCommit, versions 2 to 10: by topic name, by topic id from version 10 on. */
final class OffsetCommitHandler implements ApiHandler<OffsetCommitRequest> {

    private static final int FIRST_TOPIC_ID_VERSION = 10;

    private final GroupCoordinator coordinator;
    private final MetadataPublisher metadata;

    OffsetCommitHandler(GroupCoordinator coordinator, MetadataPublisher metadata) {
        this.coordinator = coordinator;
        this.metadata = metadata;
    }

    @Override
    public void handle(RequestContext context, OffsetCommitRequest request) {
        List<OffsetCommitResponse.OffsetCommitResponseTopic> missing = new ArrayList<>();
        List<OffsetCommitRequest.OffsetCommitRequestTopic> known = new ArrayList<>();
        boolean byId = context.version() >= FIRST_TOPIC_ID_VERSION;
        sort(request, byId, known, missing);
        if (known.isEmpty() && !missing.isEmpty()) {
            context.answer(new OffsetCommitResponse().topics(missing));
            return;
        }
        request.topics(known);
        GroupRequest.<OffsetCommitResponse>run(
                context,
                coordinator,
                request.groupId(),
                (groups, answer) ->
                        groups.offsets().commit(request, response -> answer.accept(with(response, missing))),
                error -> with(CommittedOffsets.refused(request, error), missing));
    }

    private static OffsetCommitResponse with(
            OffsetCommitResponse response, List<OffsetCommitResponse.OffsetCommitResponseTopic> missing) {
        response.topics().addAll(missing);
        return response;
    }

    /** Splits into what exists, named both ways, and answers for what does not. */
    private void sort(
            OffsetCommitRequest request,
            boolean byId,
            List<OffsetCommitRequest.OffsetCommitRequestTopic> known,
            List<OffsetCommitResponse.OffsetCommitResponseTopic> missing) {
        MetadataImage image = metadata.image();
        for (OffsetCommitRequest.OffsetCommitRequestTopic topic : request.topics()) {
            TopicImage found = byId ? image.topic(topic.topicId()) : image.topic(topic.name());
            Uuid topicId = found == null ? topic.topicId() : found.topicId();
            String name = found == null ? topic.name() : found.name();
            OffsetCommitRequest.OffsetCommitRequestTopic existing = new OffsetCommitRequest.OffsetCommitRequestTopic()
                    .name(name)
                    .topicId(topicId);
            OffsetCommitResponse.OffsetCommitResponseTopic absent = new OffsetCommitResponse.OffsetCommitResponseTopic()
                    .name(name)
                    .topicId(topicId);
            ErrorCode error = byId && found == null ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
            for (OffsetCommitRequest.OffsetCommitRequestPartition partition : topic.partitions()) {
                if (found != null && found.partition(partition.partitionIndex()) != null) {
                    existing.partitions().add(partition);
                } else {
                    absent.partitions()
                            .add(new OffsetCommitResponse.OffsetCommitResponsePartition()
                                    .partitionIndex(partition.partitionIndex())
                                    .errorCode(error.code()));
                }
            }
            if (!existing.partitions().isEmpty()) {
                known.add(existing);
            }
            if (!absent.partitions().isEmpty()) {
                missing.add(absent);
            }
        }
    }
}
