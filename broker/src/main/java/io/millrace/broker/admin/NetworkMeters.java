package io.millrace.broker.admin;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.network.connection.CloseReason;
import io.millrace.network.connection.NetworkMetrics;
import io.millrace.network.loop.ShardLoops;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what the network module counts anyway: every meter reads an existing counter at the scrape. Immutable; must live as
 * long as the registry, which holds the counters weakly.
 */
public final class NetworkMeters implements MeterBinder {

    private final NetworkMetrics network;
    private final ShardLoops loops;

    public NetworkMeters(NetworkMetrics network, ShardLoops loops) {
        this.network = network;
        this.loops = loops;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        bindConnections(registry);
        bindTraffic(registry);
        FunctionCounter.builder("millrace.loop.task.failures", loops, ShardLoops::failures)
                .description("Tasks of event loops that threw; each is a fault of the broker and has its log line")
                .register(registry);
    }

    private void bindConnections(MeterRegistry registry) {
        gauge(
                registry,
                "millrace.network.open",
                "connections",
                "Client connections open now",
                NetworkMetrics::openConnections);
        counter(
                registry,
                "millrace.network.connections.opened",
                null,
                "Client connections accepted",
                NetworkMetrics::connectionsOpened);
        for (CloseReason reason : CloseReason.values()) {
            FunctionCounter.builder(
                            "millrace.network.connections.closed",
                            network,
                            metrics -> metrics.connectionsClosed(reason))
                    .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                    .description("Client connections closed, or refused by a limit, by reason")
                    .register(registry);
        }
        counter(
                registry,
                "millrace.network.accept.failures",
                null,
                "Connections that the system could not give, e.g. for want of file descriptors",
                NetworkMetrics::acceptFailures);
    }

    private void bindTraffic(MeterRegistry registry) {
        counter(
                registry,
                "millrace.network.received",
                "bytes",
                "Bytes read from clients, frame lengths included",
                NetworkMetrics::bytesReceived);
        counter(
                registry,
                "millrace.network.sent",
                "bytes",
                "Bytes given to clients' sockets",
                NetworkMetrics::bytesSent);
        counter(registry, "millrace.network.requests", null, "Whole requests received", NetworkMetrics::requests);
        gauge(
                registry,
                "millrace.network.in.flight",
                "requests",
                "Requests whose answer is not on its way, long polls included",
                NetworkMetrics::inFlightRequests);
        gauge(
                registry,
                "millrace.network.in.flight",
                "bytes",
                "Bytes of requests that are not completed",
                NetworkMetrics::inFlightBytes);
        counter(
                registry,
                "millrace.network.read.pauses",
                null,
                "How often reading from a client stopped at a bound",
                NetworkMetrics::readPauses);
    }

    private void counter(
            MeterRegistry registry,
            String name,
            @Nullable String unit,
            String help,
            ToDoubleFunction<NetworkMetrics> value) {
        FunctionCounter.builder(name, network, value)
                .baseUnit(unit)
                .description(help)
                .register(registry);
    }

    private void gauge(
            MeterRegistry registry, String name, String unit, String help, ToDoubleFunction<NetworkMetrics> value) {
        // The unit is part of the name: two gauges may differ in it alone.
        Gauge.builder(name + "." + unit, network, value)
                .baseUnit(unit)
                .description(help)
                .register(registry);
    }
}
