package io.millrace.tools.server;

import io.millrace.broker.boot.Broker;
import io.millrace.broker.boot.BrokerStartException;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.network.server.BoundListener;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Runs the usual verbs against a throw-away broker in this process, so that the JVM can record which classes a start and a
 * first request need (JEP 514). Run by the build, with {@code -XX:AOTCacheOutput}.
 */
@Command(name = "train", hidden = true, description = "Used by the build to make starts fast.")
public final class TrainVerb implements Callable<Integer> {

    private static final int LINES = 2_000;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, BrokerStartException {
        Path folder = Files.createTempDirectory("millrace-train");
        Map<String, String> settings = Map.of(
                "log.dirs",
                folder.resolve("data").toString(),
                "listeners",
                "PLAINTEXT://localhost:0",
                "millrace.admin.port",
                "0");
        try (Broker broker = Broker.start(BrokerConfig.parse(settings, true, 2), settings, message -> {})) {
            scrape(broker);
            BoundListener listener = broker.listeners().getFirst();
            return exercise("localhost:" + listener.port());
        } finally {
            FolderRemoval.remove(folder);
        }
    }

    private static void scrape(Broker broker) throws IOException {
        try (InputStream metrics =
                URI.create(broker.adminUrl() + "/metrics").toURL().openStream()) {
            metrics.transferTo(OutputStream.nullOutputStream());
        }
    }

    private int exercise(String server) {
        InputStream terminal = System.in;
        try {
            System.setIn(new ByteArrayInputStream("key:value\n".repeat(LINES).getBytes(StandardCharsets.UTF_8)));
            return Math.max(
                    run("topic", "create", "train", "--partitions", "2", "--server", server),
                    Math.max(
                            run("produce", "train", "--key-separator", ":", "--server", server),
                            Math.max(
                                    run("consume", "train", "--from-beginning", "--max", "10", "--server", server),
                                    run("topic", "describe", "train", "--server", server))));
        } finally {
            System.setIn(terminal);
        }
    }

    /** Another verb of the same command, read as that reads it. */
    private int run(String... arguments) {
        CommandLine outer = spec.root().commandLine();
        return new CommandLine(spec.root().userObject())
                .setCaseInsensitiveEnumValuesAllowed(outer.isCaseInsensitiveEnumValuesAllowed())
                .execute(arguments);
    }
}
