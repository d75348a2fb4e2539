package io.millrace.broker.group;

import io.millrace.broker.config.InternalTopics;
import io.millrace.broker.coordinator.group.GroupCoordinator;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.FindCoordinatorRequest;
import io.millrace.protocol.message.FindCoordinatorResponse;
import io.millrace.replication.metadata.BrokerImage;
import io.millrace.replication.metadata.Endpoint;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.replication.metadata.PartitionImage;
import io.millrace.replication.metadata.TopicImage;
import org.jspecify.annotations.Nullable;

/**
 * FindCoordinator, versions 0 to 6: the broker that leads the group's partition of {@code __consumer_offsets}, which is created
 * by the first request. Transactional ids are refused with an error that clients do not retry: a producer that needs one fails
 * at once instead of waiting for something that does not come.
 */
final class FindCoordinatorHandler implements ApiHandler<FindCoordinatorRequest> {

    private static final int FIRST_BATCHED_VERSION = 4;
    private static final byte GROUP = 0;
    private static final byte TRANSACTION = 1;
    private static final int NO_NODE = -1;

    private final MetadataPublisher metadata;
    private final OffsetsTopic offsetsTopic;

    FindCoordinatorHandler(MetadataPublisher metadata, OffsetsTopic offsetsTopic) {
        this.metadata = metadata;
        this.offsetsTopic = offsetsTopic;
    }

    @Override
    public void handle(RequestContext context, FindCoordinatorRequest request) {
        if (request.keyType() == GROUP) {
            offsetsTopic.ensure(context, () -> context.answer(answer(context, request)));
        } else {
            context.answer(answer(context, request));
        }
    }

    private FindCoordinatorResponse answer(RequestContext context, FindCoordinatorRequest request) {
        FindCoordinatorResponse response = new FindCoordinatorResponse();
        if (context.version() >= FIRST_BATCHED_VERSION) {
            for (String key : request.coordinatorKeys()) {
                response.coordinators().add(coordinator(context, request.keyType(), key));
            }
            return response;
        }
        FindCoordinatorResponse.Coordinator found = coordinator(context, request.keyType(), request.key());
        return response.errorCode(found.errorCode())
                .errorMessage(found.errorMessage())
                .nodeId(found.nodeId())
                .host(found.host())
                .port(found.port());
    }

    private FindCoordinatorResponse.Coordinator coordinator(RequestContext context, byte keyType, String key) {
        if (keyType == TRANSACTION) {
            return refused(
                    key,
                    ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
                    "Transactions are not built yet: remove transactional.id from the producer");
        }
        if (keyType != GROUP) {
            return refused(key, ErrorCode.INVALID_REQUEST, "Key type " + keyType + " has no coordinator here");
        }
        MetadataImage image = metadata.image();
        BrokerImage leader = leader(image, key);
        Endpoint endpoint =
                leader == null ? null : leader.endpoint(context.connection().listenerName());
        if (leader == null || endpoint == null) {
            return refused(
                    key, ErrorCode.COORDINATOR_NOT_AVAILABLE, "The group's coordinator is not there yet: ask again");
        }
        return new FindCoordinatorResponse.Coordinator()
                .key(key)
                .nodeId(leader.brokerId())
                .host(endpoint.host())
                .port(endpoint.port());
    }

    private static @Nullable BrokerImage leader(MetadataImage image, String groupId) {
        TopicImage topic = image.topic(InternalTopics.CONSUMER_OFFSETS);
        PartitionImage partition =
                topic == null ? null : topic.partition(GroupCoordinator.partitionOf(groupId, topic.partitionCount()));
        return partition == null || !partition.hasLeader() ? null : image.broker(partition.leader());
    }

    private static FindCoordinatorResponse.Coordinator refused(String key, ErrorCode error, String message) {
        return new FindCoordinatorResponse.Coordinator()
                .key(key)
                .nodeId(NO_NODE)
                .port(NO_NODE)
                .errorCode(error.code())
                .errorMessage(message);
    }
}
