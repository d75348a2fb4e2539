package io.millrace.broker.boot;

import io.millrace.broker.admin.NetworkMeters;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.metrics.Gathering;
import io.millrace.broker.metrics.Meter;
import io.millrace.broker.metrics.NamedTopics;
import io.millrace.broker.metrics.StartPhases;
import io.millrace.network.connection.NetworkMetrics;
import io.millrace.network.loop.ShardLoops;
import io.millrace.network.server.KafkaServer;
import io.millrace.runtime.SystemClock;

/** What is measured while a broker starts and runs. Made by the starting thread; its parts may be used from any. */
record Measures(Gathering gathering, NamedTopics naming, NetworkMetrics network, StartPhases start) {

    static Measures of(BrokerConfig config, ShardLoops loops) {
        Measures measures = new Measures(
                new Gathering(),
                new NamedTopics(config.metrics().maxTopics()),
                new NetworkMetrics(),
                new StartPhases(new SystemClock()));
        measures.gathering.here(new NetworkMeters(measures.network, loops));
        measures.gathering.here(measures.start);
        return measures;
    }

    /** The bounds on what clients make the server hold. */
    void add(KafkaServer server) {
        gathering.here(into -> {
            into.add(Meter.BUDGET_USED, server.inFlightBudgetUsedBytes(), "requests");
            into.add(Meter.BUDGET_USED, server.receiveBudgetUsedBytes(), "receiving");
            into.add(Meter.BUDGET_LIMIT, server.budgetBytes(), "requests");
            into.add(Meter.BUDGET_LIMIT, server.budgetBytes(), "receiving");
        });
    }
}
