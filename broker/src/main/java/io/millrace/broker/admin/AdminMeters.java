package io.millrace.broker.admin;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.network.http.HttpMetrics;

/** Publishes what the admin port itself knows: build, readiness, its own traffic. Immutable; must live as long as the registry. */
final class AdminMeters implements MeterBinder {

    private static final int FIRST_STATUS_CLASS = 2;
    private static final int LAST_STATUS_CLASS = 5;

    private final String version;
    private final BrokerHealth health;
    private final HttpMetrics http;

    AdminMeters(String version, BrokerHealth health, HttpMetrics http) {
        this.version = version;
        this.health = health;
        this.http = http;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("millrace.build.info", () -> 1)
                .tag("version", version)
                .tag("java", Runtime.version().toString())
                .description("Always 1; its labels say what runs")
                .register(registry);
        Gauge.builder("millrace.ready", health, state -> state.whyNotReady() == null ? 1 : 0)
                .description("1 when /health/ready answers 200, else 0")
                .register(registry);
        for (int statusClass = FIRST_STATUS_CLASS; statusClass <= LAST_STATUS_CLASS; statusClass++) {
            int hundreds = statusClass;
            FunctionCounter.builder("millrace.admin.answers", http, metrics -> metrics.answers(hundreds))
                    .tag("status", hundreds + "xx")
                    .description("Answers of the admin port, by class of status")
                    .register(registry);
        }
        Gauge.builder("millrace.admin.open.connections", http, HttpMetrics::openConnections)
                .baseUnit("connections")
                .description("Connections to the admin port open now")
                .register(registry);
        FunctionCounter.builder("millrace.admin.connections.refused", http, HttpMetrics::connectionsRefused)
                .description("Connections to the admin port closed at once because all were busy")
                .register(registry);
        FunctionCounter.builder("millrace.admin.timeouts", http, HttpMetrics::timeouts)
                .description("Connections to the admin port closed because the client was too slow")
                .register(registry);
    }
}
