package io.millrace.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.config.BrokerConfig.AdminListener;
import io.millrace.broker.fixture.Scrape;
import io.millrace.broker.metrics.Gathering;
import io.millrace.network.connection.CloseReason;
import io.millrace.network.connection.NetworkMetrics;
import io.millrace.network.loop.ShardLoops;
import io.millrace.network.server.ListenerBindException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole port as a supervisor and a scraper see it. */
class AdminPortTest {

    private final ShardLoops loops = new ShardLoops(2);
    private final NetworkMetrics network = new NetworkMetrics();
    private final BrokerHealth health = new BrokerHealth();
    private final HttpClient client = HttpClient.newHttpClient();
    private final Gathering gathering = new Gathering();
    private AdminPort port;

    @BeforeEach
    void open() throws IOException {
        port = AdminPort.open(new AdminListener("localhost", 0, true), "1.2.3", loops, health, gathering);
        gathering.here(new NetworkMeters(network, loops));
    }

    @AfterEach
    void close() {
        client.close();
        port.close();
        loops.close();
        assertThat(loops.failures()).isZero();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(port.url() + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private void assertAnswers(String path, int status, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = get(path);
        assertThat(response.body()).isEqualTo(body);
        assertThat(response.statusCode()).isEqualTo(status);
    }

    @Test
    void followsTheBrokerFromItsStartToItsStop() throws Exception {
        health.starting("recovering the log");
        assertAnswers("/health/started", 503, "recovering the log\n");
        assertAnswers("/health/ready", 503, "recovering the log\n");
        assertAnswers("/health/live", 200, "live\n");

        health.serving();
        assertAnswers("/health/started", 200, "started\n");
        assertAnswers("/health/ready", 200, "ready\n");

        health.stopping();
        assertAnswers("/health/ready", 503, "stopping\n");
        assertAnswers("/health/started", 200, "started\n");
        assertAnswers("/health/live", 200, "live\n");
    }

    @Test
    void isNotReadyWhileAProblemLasts() throws Exception {
        health.serving();
        health.problem("disk-full shard-1", "free some space");
        health.problem("disk-full shard-0", "free some space");
        assertAnswers("/health/ready", 503, "disk-full shard-0: free some space\ndisk-full shard-1: free some space\n");
        assertAnswers("/health/live", 200, "live\n");
        health.resolved("disk-full shard-0");
        health.resolved("never reported");
        assertAnswers("/health/ready", 503, "disk-full shard-1: free some space\n");
        health.resolved("disk-full shard-1");
        assertAnswers("/health/ready", 200, "ready\n");
    }

    @Test
    void namesALoopThatDoesNotTick() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        loops.shard(1).post(() -> awaitUnchecked(release));
        HttpResponse<String> stuck = get("/health/live");
        assertThat(stuck.statusCode()).isEqualTo(503);
        assertThat(stuck.body()).matches("loop shard-1 is silent for \\d+ ms\n");
        release.countDown();
        assertAnswers("/health/live", 200, "live\n");
    }

    @Test
    void takesAnotherPortOnlyWhenThatIsAllowed() throws Exception {
        int taken = port.listener().port();
        assertThatThrownBy(() -> AdminPort.open(
                        new AdminListener("localhost", taken, true), "1.2.3", loops, health, new Gathering()))
                .isInstanceOf(ListenerBindException.class)
                .hasMessageContaining("in use");
        try (AdminPort second =
                AdminPort.open(new AdminListener("localhost", taken, false), "1.2.3", loops, health, new Gathering())) {
            assertThat(second.listener().port()).isNotEqualTo(taken).isPositive();
        }
        assertAnswers("/health/live", 200, "live\n");
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void publishesWhatTheNetworkCounted() throws Exception {
        network.refused(CloseReason.TOO_MANY_CONNECTIONS);
        network.refused(CloseReason.TOO_MANY_CONNECTIONS);
        network.acceptFailed();
        HttpResponse<String> response = get("/metrics");
        assertThat(response.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        Scrape scrape = Scrape.parse(response.body());
        String closed = "millrace_network_connections_closed_total";
        assertThat(scrape.value(closed, "reason=\"too_many_connections\"")).isEqualTo(2);
        assertThat(scrape.value(closed, "reason=\"idle\"")).isZero();
        assertThat(scrape.family(closed).series()).hasSize(CloseReason.values().length);
        assertThat(scrape.value("millrace_network_accept_failures_total")).isEqualTo(1);
        assertThat(scrape.value("millrace_ready")).isZero();

        health.serving();
        network.acceptFailed();
        Scrape next = Scrape.parse(get("/metrics").body());
        assertThat(next.value("millrace_network_accept_failures_total")).isEqualTo(2);
        assertThat(next.value("millrace_ready")).isEqualTo(1);
        assertThat(next.value("millrace_admin_answers_total", "status=\"2xx\"")).isEqualTo(1);
        assertThat(next.value("millrace_admin_open_connections")).isEqualTo(1);
    }

    @Test
    void keepsItsCountersAliveThroughACollection() throws Exception {
        network.acceptFailed();
        get("/metrics");
        System.gc(); // the registry refers to what it reads weakly
        Scrape scrape = Scrape.parse(get("/metrics").body());
        assertThat(scrape.value("millrace_network_accept_failures_total")).isEqualTo(1);
        assertThat(scrape.value("millrace_admin_answers_total", "status=\"2xx\""))
                .isEqualTo(1);
        assertThat(scrape.value("process_uptime_seconds")).isPositive();
    }

    @Test
    void tellsWhatEveryMetricIs() throws Exception {
        Scrape scrape = Scrape.parse(get("/metrics").body());
        scrape.families().values().forEach(family -> {
            assertThat(family.type()).isIn("counter", "gauge", "summary");
            assertThat(family.name().endsWith("_total"))
                    .as(family.name())
                    .isEqualTo(family.type().equals("counter"));
            assertThat(family.help().length()).as(family.name()).isGreaterThan(10);
            assertThat(family.series()).as(family.name()).hasSizeBetween(1, 30);
        });
        assertThat(scrape.families())
                .containsKeys(
                        "jvm_memory_used_bytes",
                        "jvm_threads_live_threads",
                        "process_files_open_files",
                        "millrace_build_info");
    }
}
