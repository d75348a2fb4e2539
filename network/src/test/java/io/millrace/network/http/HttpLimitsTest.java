package io.millrace.network.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.network.http.RawHttpClient.Response;
import io.millrace.network.loop.ShardLoops;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients may cost: sizes, times and numbers, each at its bound and past it. */
class HttpLimitsTest {

    private static final String HOST = "Host: localhost\r\n";
    private static final int LARGE_BODY_BYTES = 32 * 1024 * 1024;
    /** More than the kernel takes for a connection whose server has stopped reading. */
    private static final int MAX_SOCKET_BUFFERS_BYTES = 32 * 1024 * 1024;

    private static final HttpSettings SETTINGS = HttpSettings.loopback("ADMIN", 0);

    private final ShardLoops loops = new ShardLoops(1);
    private final HttpMetrics metrics = new HttpMetrics();
    private final BlockingQueue<HttpCall> parked = new LinkedBlockingQueue<>();
    private @Nullable HttpServer started;
    private int defaultPort;

    @AfterEach
    void stop() {
        if (started != null) {
            started.close();
        }
        loops.close();
        assertThat(metrics.openConnections()).isZero();
        assertThat(loops.failures()).isZero();
    }

    private int start(HttpSettings settings) throws IOException {
        HttpRoutes routes = new HttpRoutes()
                .add("/greeting", call -> call.answer(HttpAnswer.text(200, "hello\n")))
                .add("/large", call -> call.answer(new HttpAnswer(200, "x/y", new byte[LARGE_BODY_BYTES])))
                .add("/parked", parked::add);
        HttpServer server = new HttpServer(loops.control(), settings, metrics, routes);
        started = server;
        return server.start().port();
    }

    /** One request on a connection of its own, to a server with the default bounds. */
    private Response ask(String request) throws IOException {
        if (started == null) {
            defaultPort = start(SETTINGS);
        }
        try (RawHttpClient client = new RawHttpClient("127.0.0.1", defaultPort)) {
            client.send(request);
            return client.receive();
        }
    }

    @Test
    void boundsTheRequestLine() throws IOException {
        String around = "GET /greeting? HTTP/1.1";
        String fits = "x".repeat(SETTINGS.maxUriBytes() - around.length());
        assertThat(ask("GET /greeting?" + fits + " HTTP/1.1\r\n" + HOST + "\r\n")
                        .status())
                .isEqualTo(200);
        Response refused = ask("GET /greeting?" + fits + "x HTTP/1.1\r\n" + HOST + "\r\n");
        assertThat(refused.status()).isEqualTo(414);
        assertThat(refused.body()).contains("4096");
        assertThat(refused.headers()).containsEntry("connection", "close");
    }

    @Test
    void boundsTheHeaders() throws IOException {
        String name = "X-Filler: ";
        String fits = "x".repeat(SETTINGS.maxHeaderBytes() - name.length() - HOST.length());
        assertThat(ask("GET /greeting HTTP/1.1\r\n" + HOST + name + fits + "\r\n\r\n")
                        .status())
                .isEqualTo(200);
        Response refused = ask("GET /greeting HTTP/1.1\r\n" + HOST + name + fits + "xxx\r\n\r\n");
        assertThat(refused.status()).isEqualTo(431);
        assertThat(refused.body()).contains("8192");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /greeting HTTP/1.1\r\n\r\n", // no Host
                "GET greeting HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /greeting HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
                "GET /greeting HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "GET /greeting HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
                "GET /greeting HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "GET /greeting HTTP/1.1\r\nHost: x\r\n folded: y\r\nno colon here\r\n\r\n",
                "GET /greeting\r\n\r\n",
                "\u0000\u0000\u0000\u0012\u0000\u0012\u0000\u0000 a Kafka client lost its way\r\n\r\n"
            })
    void refusesWhatIsNoPlainRequest(String request) throws IOException {
        assertThat(ask(request).status()).isEqualTo(400);
        assertThat(ask("GET /greeting HTTP/1.1\r\n" + HOST + "\r\n").status()).isEqualTo(200);
    }

    @Test
    void refusesAnotherMajorVersion() throws IOException {
        assertThat(ask("GET /greeting HTTP/2.0\r\n" + HOST + "\r\n").status()).isEqualTo(505);
    }

    @Test
    void closesAClientThatSendsTooSlowly() throws IOException {
        int patienceMs = 100;
        int port = start(SETTINGS.withTimeoutsMs(patienceMs, 60_000));
        try (RawHttpClient client = new RawHttpClient("127.0.0.1", port)) {
            client.send("GET /greeting HTTP/1.1\r\nHost: ");
            assertThat(client.receive().status()).isEqualTo(408);
            assertThat(client.sawClose()).isTrue();
            assertThat(metrics.timeouts()).isOne();
        }
        try (RawHttpClient second =
                RawHttpClient.asked(port, patienceMs, "GET /greeting HTTP/1.1\r\n" + HOST + "\r\n")) {
            assertThat(second.receive().status()).isEqualTo(200);
            second.send("G"); // the deadline of the next request runs from its first byte
            assertThat(second.receive().status()).isEqualTo(408);
        }
    }

    @Test
    void closesAClientThatSendsNothingMore() throws IOException {
        try (RawHttpClient client = new RawHttpClient("127.0.0.1", start(SETTINGS.withTimeoutsMs(60_000, 100)))) {
            assertThat(client.get("/greeting").status()).isEqualTo(200);
            assertThat(client.sawClose()).isTrue();
            assertThat(metrics.timeouts()).isZero();
        }
    }

    @Test
    void closesAClientThatDoesNotRead() throws IOException {
        try (RawHttpClient client = new RawHttpClient("127.0.0.1", start(SETTINGS.withTimeoutsMs(300, 60_000)), 4096)) {
            client.send("GET /large HTTP/1.1\r\n" + HOST + "\r\n");
            await().atMost(60, TimeUnit.SECONDS).until(() -> metrics.timeouts() == 1 && metrics.openConnections() == 0);
        }
    }

    @Test
    void answersForAHandlerThatDoesNot() throws Exception {
        int patienceMs = 100;
        int port = start(SETTINGS.withTimeoutsMs(patienceMs, 60_000));
        try (RawHttpClient client = RawHttpClient.asked(port, patienceMs, "GET /parked HTTP/1.1\r\n" + HOST + "\r\n")) {
            Response response = client.receive();
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.body()).contains("100 ms");
            parked.take().answer(HttpAnswer.text(200, "too late"));
            assertThat(client.sawClose()).isTrue();
        }
    }

    @Test
    void letsTheLongestIdleConnectionGiveWay() throws IOException {
        int port = start(SETTINGS.withMaxConnections(2));
        try (RawHttpClient first = new RawHttpClient("127.0.0.1", port);
                RawHttpClient second = new RawHttpClient("127.0.0.1", port)) {
            assertThat(second.get("/greeting").status()).isEqualTo(200);
            assertThat(first.get("/greeting").status()).isEqualTo(200);
            try (RawHttpClient third = new RawHttpClient("127.0.0.1", port)) {
                assertThat(third.get("/greeting").status()).isEqualTo(200);
                assertThat(second.sawClose()).isTrue();
                assertThat(first.get("/greeting").status()).isEqualTo(200);
            }
        }
    }

    @Test
    void refusesAConnectionWhenAllAreBusy() throws Exception {
        int port = start(SETTINGS.withMaxConnections(1));
        try (RawHttpClient first = new RawHttpClient("127.0.0.1", port)) {
            first.send("GET /parked HTTP/1.1\r\n" + HOST + "\r\n");
            HttpCall call = parked.take();
            try (RawHttpClient second = new RawHttpClient("127.0.0.1", port)) {
                assertThat(second.sawClose()).isTrue();
            }
            assertThat(metrics.connectionsRefused()).isOne();
            call.answer(HttpAnswer.text(200, "served"));
            assertThat(first.receive().body()).isEqualTo("served");
        }
    }

    @Test
    void stopsReadingAFloodThatWasRefused() throws IOException {
        int port = start(SETTINGS);
        try (RawHttpClient client = new RawHttpClient("127.0.0.1", port)) {
            client.send("POST /greeting HTTP/1.1\r\n" + HOST + "Content-Length: 1000000000\r\n\r\n");
            byte[] flood = new byte[64 * 1024];
            assertThatThrownBy(() -> {
                        for (int i = 0; i < MAX_SOCKET_BUFFERS_BYTES / flood.length; i++) {
                            client.sendBytes(flood);
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }
}
