package io.millrace.broker.request;

import io.millrace.protocol.Message;
import io.millrace.protocol.message.ApiKey;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which APIs this broker offers, in which versions, and who handles them. Immutable once built.
 *
 * <p>An API is in the table only when it is implemented and tested: clients act at once on what ApiVersions says.
 */
public final class ApiTable {

    /**
     * One API.
     *
     * @param advertisedFrom lowest version that ApiVersions names; may lie below {@code servedFrom} where clients switch
     *     features off otherwise (Produce: librdkafka before 2.5 sends uncompressed unless it sees 0)
     * @param servedFrom lowest version that is answered; a lower one closes the connection
     * @param to highest version, advertised and served
     */
    public record Route(ApiKey api, short advertisedFrom, short servedFrom, short to, ApiHandler<Message> handler) {

        boolean serves(short version) {
            return version >= servedFrom && version <= to;
        }
    }

    private final Map<ApiKey, Route> routes = new EnumMap<>(ApiKey.class);

    /** Adds an API whose advertised versions are all served. */
    public <M extends Message> ApiTable add(ApiKey api, int from, int to, ApiHandler<M> handler) {
        return add(api, from, from, to, handler);
    }

    /** Adds an API of which the lowest advertised versions are refused. */
    @SuppressWarnings(
            "unchecked") // The router decodes with the codec of the same key, so the message is of the handler's type.
    public <M extends Message> ApiTable add(
            ApiKey api, int advertisedFrom, int servedFrom, int to, ApiHandler<M> handler) {
        if (servedFrom < api.lowestVersion() || to > api.highestStableVersion()) {
            throw new IllegalStateException(api + " has no codec for all of versions " + servedFrom + " to " + to);
        }
        Route route =
                new Route(api, (short) advertisedFrom, (short) servedFrom, (short) to, (ApiHandler<Message>) handler);
        if (routes.put(api, route) != null) {
            throw new IllegalStateException("two handlers for " + api);
        }
        return this;
    }

    public @Nullable Route route(ApiKey api) {
        return routes.get(api);
    }

    /** In the order of the keys. */
    public Collection<Route> routes() {
        return routes.values();
    }
}
