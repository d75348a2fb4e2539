package io.millrace.broker.configs;

import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.ListConfigResourcesRequest;
import io.millrace.protocol.message.ListConfigResourcesResponse;
import io.millrace.replication.metadata.BrokerImage;
import io.millrace.replication.metadata.ConfigResource;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.replication.metadata.TopicImage;
import org.jspecify.annotations.Nullable;

/**
 * ListConfigResources, versions 0 and 1 (KIP-1142): everything that configurations can be asked of. Version 0 means metric
 * subscriptions of clients only, of which there are none.
 */
public final class ListConfigResourcesHandler implements ApiHandler<ListConfigResourcesRequest> {

    private static final byte[] ALL = {
        ConfigResource.Type.TOPIC.code(),
        ConfigResource.Type.BROKER.code(),
        ConfigResources.BROKER_LOGGER,
        ConfigResources.CLIENT_METRICS,
        ConfigResources.GROUP
    };

    private final MetadataPublisher metadata;

    public ListConfigResourcesHandler(MetadataPublisher metadata) {
        this.metadata = metadata;
    }

    @Override
    public void handle(RequestContext context, ListConfigResourcesRequest request) {
        ListConfigResourcesResponse response = new ListConfigResourcesResponse();
        if (context.version() == 0) {
            context.answer(response);
            return;
        }
        byte[] types = request.resourceTypes().length == 0 ? ALL : request.resourceTypes();
        MetadataImage image = metadata.image();
        for (byte type : types) {
            if (!add(image, type, response)) {
                // Nothing of a half-understood question is answered.
                context.answer(new ListConfigResourcesResponse().errorCode(ErrorCode.UNSUPPORTED_VERSION.code()));
                return;
            }
        }
        context.answer(response);
    }

    /** Whether the type is known. */
    private static boolean add(MetadataImage image, byte type, ListConfigResourcesResponse response) {
        ConfigResource.@Nullable Type known = ConfigResource.Type.of(type);
        if (known == ConfigResource.Type.TOPIC) {
            for (TopicImage topic : image.topics()) {
                add(topic.name(), type, response);
            }
            return true;
        }
        if (known == ConfigResource.Type.BROKER) {
            for (BrokerImage broker : image.brokers()) {
                add(Integer.toString(broker.brokerId()), type, response);
            }
            return true;
        }
        return type == ConfigResources.BROKER_LOGGER
                || type == ConfigResources.CLIENT_METRICS
                || type == ConfigResources.GROUP;
    }

    private static void add(String name, byte type, ListConfigResourcesResponse response) {
        response.configResources()
                .add(new ListConfigResourcesResponse.ConfigResource()
                        .resourceName(name)
                        .resourceType(type));
    }
}
