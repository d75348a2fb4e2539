package io.millrace.tools.server;

import io.millrace.broker.boot.Broker;
import io.millrace.broker.boot.BrokerStartException;
import io.millrace.network.server.BoundListener;
import io.millrace.tools.shell.BuildVersion;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A broker as a service runs it: configured by file, environment and command line. */
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        description = "Runs a broker from a configuration, in the foreground, as a service manager wants it."
                + " TERM or Ctrl-C stops it, a second one at once.",
        footer = {"", "Example: millrace server --config /etc/millrace/millrace.yaml"})
public final class ServerVerb implements Callable<Integer> {

    private static final int NANOS_PER_MILLI = 1_000_000;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Mixin
    private LogLevel logLevel;

    @Override
    public Integer call() throws BrokerStartException {
        long startedNs = System.nanoTime();
        logLevel.apply();
        ConfigOptions.Checked checked = options.read();
        return ForegroundBroker.run(
                spec.commandLine(),
                checked.config(),
                checked.sources().values(),
                broker -> greet(broker, (System.nanoTime() - startedNs) / NANOS_PER_MILLI));
    }

    /** One line a listener: these end up in a service manager's log. */
    private void greet(Broker broker, long startMs) {
        PrintWriter out = spec.commandLine().getOut();
        for (BoundListener listener : broker.listeners()) {
            out.printf(
                    "Millrace %s serves the Kafka protocol on %s (listener %s, started in %d ms, cluster %s, data %s)%n",
                    BuildVersion.text(),
                    listener.advertised(),
                    listener.name(),
                    startMs,
                    broker.clusterId(),
                    broker.dataFolder());
        }
        String adminUrl = broker.adminUrl();
        if (adminUrl != null) {
            out.printf("Admin on %s: /metrics, /health/ready%n", adminUrl);
        }
        out.flush();
    }
}
