package io.millrace.broker.metadata;

import io.millrace.broker.request.AllowedOperations;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.DescribeClusterRequest;
import io.millrace.protocol.message.DescribeClusterResponse;
import io.millrace.protocol.message.MetadataResponse;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataPublisher;

/** DescribeCluster, versions 0 to 2 (KIP-700): who is in the cluster, as this listener's clients reach them. */
public final class DescribeClusterHandler implements ApiHandler<DescribeClusterRequest> {

    private static final byte BROKERS = 1;

    private final MetadataPublisher metadata;
    private final int nodeId;

    public DescribeClusterHandler(MetadataPublisher metadata, int nodeId) {
        this.metadata = metadata;
        this.nodeId = nodeId;
    }

    @Override
    public void handle(RequestContext context, DescribeClusterRequest request) {
        MetadataImage image = metadata.image();
        String clusterId = image.clusterId();
        DescribeClusterResponse response = new DescribeClusterResponse().clusterId(clusterId == null ? "" : clusterId);
        if (request.endpointType() != BROKERS) {
            // KIP-919: this listener is a broker's.
            context.answer(response.errorCode(ErrorCode.MISMATCHED_ENDPOINT_TYPE.code())
                    .errorMessage(
                            "This is a broker's listener; endpoint type " + request.endpointType() + " was asked for"));
            return;
        }
        response.controllerId(nodeId);
        if (request.includeClusterAuthorizedOperations()) {
            response.clusterAuthorizedOperations(AllowedOperations.CLUSTER);
        }
        for (MetadataResponse.MetadataResponseBroker broker :
                BrokerAnswers.reachableOn(context.connection().listenerName(), image)) {
            response.brokers()
                    .add(new DescribeClusterResponse.DescribeClusterBroker()
                            .brokerId(broker.nodeId())
                            .host(broker.host())
                            .port(broker.port())
                            .rack(broker.rack()));
        }
        context.answer(response);
    }
}
