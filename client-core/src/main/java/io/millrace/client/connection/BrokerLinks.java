package io.millrace.client.connection;

import io.millrace.network.client.ClientSettings;
import io.millrace.network.client.Connector;
import io.millrace.network.loop.NettyEventLoop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * One {@link BrokerLink} per broker id; bootstrap servers have negative ids. Owned by the client's loop.
 *
 * <p>A client that long-polls keeps a second set, so that other requests do not wait behind its fetches. Bounded by the number of
 * brokers that metadata names: links to others are closed by {@link #retain}.
 */
public final class BrokerLinks {

    private final NettyEventLoop loop;
    private final ClientConfig config;
    private final Connector connector;
    private final Map<Integer, BrokerLink> links = new HashMap<>();
    private boolean closed;

    public BrokerLinks(NettyEventLoop loop, ClientConfig config) {
        this.loop = loop;
        this.config = config;
        this.connector = new Connector(
                loop,
                ClientSettings.defaults()
                        .withConnectTimeoutMs(config.connectTimeoutMs())
                        .withRequestTimeoutMs(config.requestTimeoutMs())
                        .withMaxInFlightRequests(config.maxInFlightRequests()));
    }

    /** The link to a broker, which a change of its address replaces. */
    public BrokerLink link(int brokerId, ServerAddress address) {
        loop.checkOwned();
        BrokerLink known = links.get(brokerId);
        if (known != null && known.address().equals(address)) {
            return known;
        }
        BrokerLink link = new BrokerLink(loop, connector, config, address);
        if (closed) {
            link.close();
            return link;
        }
        links.put(brokerId, link);
        if (known != null) {
            known.close();
        }
        return link;
    }

    /** Closes the links to brokers that are not among these, once they are idle. */
    public void retain(Collection<Integer> brokerIds) {
        loop.checkOwned();
        for (Integer id : new ArrayList<>(links.keySet())) {
            BrokerLink link = links.get(id);
            if (!brokerIds.contains(id) && link != null && link.isIdle()) {
                links.remove(id);
                link.close();
            }
        }
    }

    /** Closes all for good. */
    public void close() {
        loop.checkOwned();
        closed = true;
        for (BrokerLink link : new ArrayList<>(links.values())) {
            link.close();
        }
        links.clear();
    }
}
