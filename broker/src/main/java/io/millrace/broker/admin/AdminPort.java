package io.millrace.broker.admin;

import io.millrace.broker.config.BrokerConfig.AdminListener;
import io.millrace.broker.metrics.Gathering;
import io.millrace.network.http.HttpMetrics;
import io.millrace.network.http.HttpServer;
import io.millrace.network.http.HttpSettings;
import io.millrace.network.loop.ShardLoops;
import io.millrace.network.server.BoundListener;
import io.millrace.network.server.ListenerBindException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open admin port of one broker. Opened before recovery, so that a supervisor sees the start go on, and closed after the
 * last client left, so that it sees the stop. Owned by the thread that starts and stops the broker.
 */
public final class AdminPort implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AdminPort.class);
    private static final String NAME = "ADMIN";
    /** Well under a probe's usual patience, well over any tick. */
    private static final long LOOP_TOLERANCE_MS = 1_000;

    private final HttpServer server;
    private final MetricsPage metrics;
    private final BoundListener listener;

    private AdminPort(HttpServer server, MetricsPage metrics, BoundListener listener) {
        this.server = server;
        this.metrics = metrics;
        this.listener = listener;
    }

    /**
     * Listens.
     *
     * @param wanted where; when its port is taken and not {@linkplain AdminListener#exact exact}, a free one will do, so that
     *     nobody's second broker on one machine fails for a port that was not asked for
     * @param version of this build
     * @param gathering what else is published; sources may be added while the port is open
     * @throws ListenerBindException naming the port, the cause and the way out
     */
    public static AdminPort open(
            AdminListener wanted, String version, ShardLoops loops, BrokerHealth health, Gathering gathering)
            throws ListenerBindException {
        HttpMetrics http = new HttpMetrics();
        MetricsPage metrics = new MetricsPage(gathering);
        AdminRoutes routes =
                new AdminRoutes(health, new LoopPulses(loops.control(), loops.shards(), LOOP_TOLERANCE_MS), metrics);
        HttpSettings settings = HttpSettings.loopback(NAME, wanted.port()).withBindHost(wanted.host());
        HttpServer server = new HttpServer(loops.control(), settings, http, routes.routes());
        try {
            AdminPort opened = new AdminPort(server, metrics, server.start());
            gathering.here(new AdminMeters(version, health, http));
            return opened;
        } catch (ListenerBindException taken) {
            server.close();
            if (wanted.exact() || !taken.portInUse()) {
                throw taken;
            }
            LOG.info("listener={} port={} is in use, taking a free one", NAME, wanted.port());
            return open(new AdminListener(wanted.host(), 0, true), version, loops, health, gathering);
        }
    }

    /** What was bound, with the real port. */
    public BoundListener listener() {
        return listener;
    }

    /** For people: where to point a browser. */
    public String url() {
        return "http://" + listener.advertised();
    }

    /** Before the loops are closed. Idempotent. */
    @Override
    public void close() {
        server.close();
        metrics.close();
    }
}
