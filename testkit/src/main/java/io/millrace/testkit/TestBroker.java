package io.millrace.testkit;

import io.millrace.broker.boot.Broker;
import io.millrace.broker.boot.BrokerStartException;
import io.millrace.broker.config.BrokerConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A broker in this process: free ports, a temporary folder, three shards unless told otherwise, so that every path across
 * shards is taken. Owned by the test's thread.
 */
public final class TestBroker implements AutoCloseable {

    /** More than cores here: every path across shards is taken. The one place that says so for tests with a broker. */
    public static final String SHARDS = "3";

    private final Path folder;
    private final Map<String, String> settings;
    private final List<String> fatal = new ArrayList<>();
    private Broker broker;

    private TestBroker(Path folder, Map<String, String> settings) {
        this.folder = folder;
        this.settings = settings;
        this.broker = startBroker();
    }

    /** Starts with {@code overrides} (key, value, key, value ...) over the test defaults. */
    public static TestBroker start(String... overrides) {
        try {
            Path folder = Files.createTempDirectory("millrace-test");
            Map<String, String> settings = new HashMap<>();
            settings.put("log.dirs", folder.resolve("data").toString());
            settings.put("listeners", "PLAINTEXT://localhost:0");
            settings.put("millrace.shards", SHARDS);
            for (int i = 0; i < overrides.length; i += 2) {
                settings.put(overrides[i], overrides[i + 1]);
            }
            return new TestBroker(folder, settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Broker startBroker() {
        try {
            return Broker.start(BrokerConfig.parse(settings, true, 2), settings, fatal::add);
        } catch (BrokerStartException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** {@code host:port} of the first listener. */
    public String bootstrap() {
        return bootstrap(0);
    }

    /** {@code host:port} of a listener, by its place in the configuration. */
    public String bootstrap(int listener) {
        return broker.listeners().get(listener).advertised();
    }

    public Broker broker() {
        return broker;
    }

    public Path dataFolder() {
        return broker.dataFolder();
    }

    /** Stops and starts again on the same folder, perhaps with other settings; ports may change. */
    public void restart(String... overrides) {
        broker.close();
        for (int i = 0; i < overrides.length; i += 2) {
            settings.put(overrides[i], overrides[i + 1]);
        }
        broker = startBroker();
    }

    /** What the broker reported as fatal; a test that expects none checks that it is empty. */
    public List<String> fatal() {
        return List.copyOf(fatal);
    }

    @Override
    public void close() {
        broker.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
