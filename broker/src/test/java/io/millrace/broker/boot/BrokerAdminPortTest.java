package io.millrace.broker.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.config.BrokerConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole broker's admin port. */
class BrokerAdminPortTest {

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<String> fatal = new CopyOnWriteArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void closeClient() {
        client.close();
        assertThat(fatal).isEmpty();
    }

    private Broker start(String adminPort) throws BrokerStartException {
        Map<String, String> overrides = new LinkedHashMap<>();
        overrides.put("log.dirs", folder.toString());
        overrides.put("listeners", "PLAINTEXT://localhost:0");
        overrides.put("millrace.shards", "3");
        overrides.put("millrace.admin.port", adminPort);
        return Broker.start(BrokerConfig.parse(overrides, true, 1), overrides, fatal::add);
    }

    private HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void tellsThatTheBrokerServesAndCountsItsClients() throws Exception {
        String url;
        try (Broker broker = start("0")) {
            url = Objects.requireNonNull(broker.adminUrl());
            assertThat(get(url + "/health/ready").body()).isEqualTo("ready\n");
            assertThat(get(url + "/health/started").statusCode()).isEqualTo(200);
            assertThat(get(url + "/health/live").statusCode()).isEqualTo(200);
            try (Socket kafka = new Socket(
                    InetAddress.getLoopbackAddress(),
                    broker.listeners().getFirst().port())) {
                kafka.getOutputStream().write(apiVersionsRequest());
                assertThat(kafka.getInputStream().readNBytes(4)).hasSize(4);
                assertThat(get(url + "/metrics").body())
                        .contains("\nmillrace_network_connections_opened_total 1.0\n")
                        .contains("\nmillrace_network_requests_total 1.0\n")
                        .contains("\nmillrace_ready 1.0\n");
            }
        }
        assertThatThrownBy(() -> get(url + "/health/live")).isInstanceOf(ConnectException.class);
    }

    /** Version 0, correlation 7, no client id. */
    private static byte[] apiVersionsRequest() {
        return new byte[] {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, -1, -1};
    }

    @Test
    void isLeftOutWhenNoneIsWanted() throws Exception {
        try (Broker broker = start("-1")) {
            assertThat(broker.adminUrl()).isNull();
        }
    }

    @Test
    void keepsTheBrokerFromStartingWhenThePortAskedForIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> start(Integer.toString(taken.getLocalPort())))
                    .isInstanceOf(BrokerStartException.class)
                    .hasMessageContaining("ADMIN")
                    .hasMessageContaining("in use");
        }
        start("0").close(); // the failed start left nothing behind
    }
}
