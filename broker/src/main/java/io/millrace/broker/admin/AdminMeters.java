package io.millrace.broker.admin;

import io.millrace.broker.metrics.Meter;
import io.millrace.broker.metrics.MeterSource;
import io.millrace.broker.metrics.Readings;
import io.millrace.network.http.HttpMetrics;
import io.millrace.runtime.metrics.ProcessMemory;

/** Publishes what the admin port itself knows: build, readiness, the process, its own traffic. Immutable; any thread. */
final class AdminMeters implements MeterSource {

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
    public void read(Readings into) {
        into.add(Meter.BUILD_INFO, 1, version, Runtime.version().toString());
        into.add(Meter.READY, health.whyNotReady() == null ? 1 : 0);
        for (int hundreds = FIRST_STATUS_CLASS; hundreds <= LAST_STATUS_CLASS; hundreds++) {
            into.add(Meter.ADMIN_ANSWERS, http.answers(hundreds), hundreds + "xx");
        }
        into.add(Meter.ADMIN_CONNECTIONS, http.openConnections());
        into.add(Meter.ADMIN_REFUSED, http.connectionsRefused());
        into.add(Meter.ADMIN_TIMEOUTS, http.timeouts());
        ProcessMemory memory = ProcessMemory.read();
        into.add(Meter.RESIDENT_MEMORY, memory.residentBytes());
        into.add(Meter.RESIDENT_PARTS, memory.anonymousBytes(), "anonymous");
        into.add(Meter.RESIDENT_PARTS, memory.fileBytes(), "file");
    }
}
