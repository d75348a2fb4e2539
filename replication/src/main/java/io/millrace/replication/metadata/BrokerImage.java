package io.millrace.replication.metadata;

import io.millrace.protocol.Uuid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A registered broker. Immutable.
 *
 * @param brokerEpoch metadata offset of its registration; every start gets a larger one
 * @param incarnationId chosen by the process at its start
 * @param logDirectoryIds of its log directories, at least one
 */
public record BrokerImage(
        int brokerId,
        long brokerEpoch,
        Uuid incarnationId,
        @Nullable String rack,
        List<Endpoint> endpoints,
        List<Uuid> logDirectoryIds) {

    public BrokerImage {
        endpoints = List.copyOf(endpoints);
        logDirectoryIds = List.copyOf(logDirectoryIds);
    }

    /** The address for clients of one listener, or null when the broker does not have that listener. */
    public @Nullable Endpoint endpoint(String listener) {
        for (Endpoint endpoint : endpoints) {
            if (endpoint.listener().equals(listener)) {
                return endpoint;
            }
        }
        return null;
    }
}
