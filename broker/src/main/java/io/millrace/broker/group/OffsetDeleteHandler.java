package io.millrace.broker.group;

import io.millrace.broker.coordinator.group.GroupCoordinator;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.OffsetDeleteRequest;
import io.millrace.protocol.message.OffsetDeleteResponse;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.replication.metadata.TopicImage;

/** OffsetDelete, version 0 (KIP-496). */
final class OffsetDeleteHandler implements ApiHandler<OffsetDeleteRequest> {

    private final GroupCoordinator coordinator;
    private final MetadataPublisher metadata;

    OffsetDeleteHandler(GroupCoordinator coordinator, MetadataPublisher metadata) {
        this.coordinator = coordinator;
        this.metadata = metadata;
    }

    @Override
    public void handle(RequestContext context, OffsetDeleteRequest request) {
        if (request.groupId().isEmpty()) {
            context.answer(error(ErrorCode.INVALID_GROUP_ID));
            return;
        }
        MetadataImage image = metadata.image();
        GroupRequest.<OffsetDeleteResponse>run(
                context,
                coordinator,
                request.groupId(),
                (groups, answer) ->
                        groups.offsets().delete(request, response -> answer.accept(withoutMissing(response, image))),
                OffsetDeleteHandler::error);
    }

    /** Offsets of a topic that is gone are deleted like any other; the answer says so where nothing was there either. */
    private static OffsetDeleteResponse withoutMissing(OffsetDeleteResponse response, MetadataImage image) {
        for (OffsetDeleteResponse.OffsetDeleteResponseTopic topic : response.topics()) {
            TopicImage found = image.topic(topic.name());
            for (OffsetDeleteResponse.OffsetDeleteResponsePartition partition : topic.partitions()) {
                boolean missing = found == null || found.partition(partition.partitionIndex()) == null;
                if (missing && partition.errorCode() == ErrorCode.NONE.code()) {
                    partition.errorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
                }
            }
        }
        return response;
    }

    private static OffsetDeleteResponse error(ErrorCode error) {
        return new OffsetDeleteResponse().errorCode(error.code());
    }
}
