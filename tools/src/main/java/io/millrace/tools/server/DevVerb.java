package io.millrace.tools.server;

import io.millrace.broker.boot.Broker;
import io.millrace.broker.boot.BrokerStartException;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.config.ConfigException;
import io.millrace.network.server.BoundListener;
import io.millrace.tools.shell.BuildVersion;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A broker for one developer on one machine, in the foreground. */
@Command(
        name = "dev",
        mixinStandardHelpOptions = true,
        description = "Starts a broker on this machine, in the foreground. Ctrl-C stops it, a second Ctrl-C at once.")
public final class DevVerb implements Callable<Integer> {

    private static final int NANOS_PER_MILLI = 1_000_000;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "9092",
            description = "Kafka port on localhost (default ${DEFAULT-VALUE}; 0: a free one).")
    private int port;

    @Option(
            names = "--admin-port",
            paramLabel = "N",
            description = "Port of health and metrics on localhost (default 9644, another when that is taken;"
                    + " 0: a free one; -1: none).")
    private @Nullable Integer adminPort;

    @Option(names = "--data", paramLabel = "DIR", description = "Data folder (default ./data).")
    private @Nullable Path data;

    @Option(names = "--ephemeral", description = "Keep the data in a temporary folder, deleted at the end.")
    private boolean ephemeral;

    @Option(names = "--set", paramLabel = "key=value", description = "Any broker configuration; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Mixin
    private LogLevel logLevel;

    @Override
    public Integer call() throws IOException, BrokerStartException {
        long startedNs = System.nanoTime();
        if (ephemeral && data != null) {
            throw new ParameterException(spec.commandLine(), "--ephemeral and --data exclude each other: choose one");
        }
        logLevel.apply();
        if (!ephemeral) {
            return serve(data != null ? data : Path.of("data"), startedNs);
        }
        Path folder = Files.createTempDirectory("millrace");
        try {
            return serve(folder, startedNs);
        } finally {
            FolderRemoval.remove(folder); // also when the start failed
        }
    }

    private int serve(Path folder, long startedNs) throws BrokerStartException {
        Map<String, String> overrides = new LinkedHashMap<>();
        overrides.put("log.dirs", folder.toString());
        overrides.put("listeners", "PLAINTEXT://localhost:" + port);
        if (adminPort != null) {
            overrides.put("millrace.admin.port", adminPort.toString());
        }
        overrides.putAll(settings);
        BrokerConfig config = parse(overrides);
        return ForegroundBroker.run(
                spec.commandLine(),
                config,
                overrides,
                broker -> greet(broker, config, (System.nanoTime() - startedNs) / NANOS_PER_MILLI));
    }

    private BrokerConfig parse(Map<String, String> overrides) {
        try {
            return BrokerConfig.parse(overrides, ephemeral, Runtime.getRuntime().availableProcessors());
        } catch (ConfigException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void greet(Broker broker, BrokerConfig config, long startMs) {
        PrintWriter out = spec.commandLine().getOut();
        BoundListener first = broker.listeners().getFirst();
        String address = first.advertised();
        out.printf(
                "Millrace %s serves the Kafka protocol on %s (started in %d ms)%n",
                BuildVersion.text(), address, startMs);
        for (BoundListener listener : broker.listeners()) {
            if (!listener.equals(first)) {
                out.printf("  also       %s on %s%n", listener.name(), listener.advertised());
            }
        }
        out.printf("  data       %s%s%n", broker.dataFolder(), ephemeral ? " (deleted at the end)" : "");
        out.printf(
                "  durability %s%n",
                config.topics().durability().equals("synced")
                        ? "synced: acks=all is answered when the records are on disk"
                        : "written: acks=all is answered from the page cache; a power cut may lose records");
        boolean retentionSet = settings.keySet().stream().anyMatch(key -> key.startsWith("log.retention."));
        out.printf(
                "  retention  %s%n",
                retentionSet
                        ? "as set, where a topic does not say otherwise"
                        : "7 days, where a topic does not say otherwise; --set log.retention.ms=-1 keeps everything");
        String adminUrl = broker.adminUrl();
        if (adminUrl != null) {
            out.printf("  admin      %s/metrics and /health/ready%n", adminUrl);
        }
        out.printf("  stop       Ctrl-C%n%n");
        String server = first.advertisedPort() == 9092 ? "" : " --server " + address;
        out.printf("In another terminal:%n");
        out.printf("  echo 'hello' | ./millrace produce greetings%s%n", server);
        out.printf("  ./millrace consume greetings --from-beginning --max 1%s%n", server);
        out.flush();
    }
}
