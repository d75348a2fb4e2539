package io.millrace.client.connection;

import io.millrace.client.error.UnsupportedApiException;
import io.millrace.protocol.message.ApiVersionsResponse;
import java.util.HashMap;
import java.util.Map;

/** What one broker can speak, as it said when the connection opened. Immutable. */
public final class BrokerVersions {

    private record Range(short lowest, short highest) {}

    private final Map<Short, Range> ranges;
    private final String broker;

    /** @param broker names the broker in messages */
    BrokerVersions(String broker, ApiVersionsResponse response) {
        this.broker = broker;
        Map<Short, Range> table = new HashMap<>();
        for (ApiVersionsResponse.ApiVersion api : response.apiKeys()) {
            table.put(api.apiKey(), new Range(api.minVersion(), api.maxVersion()));
        }
        this.ranges = Map.copyOf(table);
    }

    /**
     * The highest version that both ends have.
     *
     * @throws UnsupportedApiException when there is none
     */
    public short choose(ApiRange wanted) {
        Range offered = ranges.get(wanted.api().id());
        if (offered == null) {
            throw new UnsupportedApiException(
                    broker + " does not offer " + wanted.api().displayName() + ": use a broker that does", null);
        }
        int version = Math.min(wanted.highestVersion(), offered.highest());
        if (version < wanted.lowestVersion() || version < offered.lowest()) {
            throw new UnsupportedApiException(
                    broker + " offers " + wanted.api().displayName() + " versions " + offered.lowest() + " to "
                            + offered.highest() + ", this client needs " + wanted.lowestVersion() + " to "
                            + wanted.highestVersion() + ": use matching releases",
                    null);
        }
        return (short) version;
    }
}
