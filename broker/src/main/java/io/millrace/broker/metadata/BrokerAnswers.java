package io.millrace.broker.metadata;

import io.millrace.protocol.message.MetadataResponse;
import io.millrace.replication.metadata.BrokerImage;
import io.millrace.replication.metadata.Endpoint;
import io.millrace.replication.metadata.MetadataImage;
import java.util.ArrayList;
import java.util.List;

/** Brokers as a client of one listener must address them. */
final class BrokerAnswers {

    private BrokerAnswers() {}

    /** Brokers that have the listener; others the client could not reach anyway. */
    static List<MetadataResponse.MetadataResponseBroker> reachableOn(String listener, MetadataImage image) {
        List<MetadataResponse.MetadataResponseBroker> answers = new ArrayList<>(image.brokerCount());
        for (BrokerImage broker : image.brokers()) {
            Endpoint endpoint = broker.endpoint(listener);
            if (endpoint != null) {
                answers.add(new MetadataResponse.MetadataResponseBroker()
                        .nodeId(broker.brokerId())
                        .host(endpoint.host())
                        .port(endpoint.port())
                        .rack(broker.rack()));
            }
        }
        return answers;
    }
}
