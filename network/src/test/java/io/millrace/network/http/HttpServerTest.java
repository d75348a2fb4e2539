package io.millrace.network.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.network.http.RawHttpClient.Response;
import io.millrace.network.loop.ShardLoops;
import io.millrace.network.server.ListenerBindException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server over real sockets on loopback: what it answers, and in which order. */
class HttpServerTest {

    private static final HttpSettings SETTINGS = HttpSettings.loopback("ADMIN", 0);

    private final ShardLoops loops = new ShardLoops(1);
    private final HttpMetrics metrics = new HttpMetrics();
    private final BlockingQueue<HttpCall> parked = new LinkedBlockingQueue<>();
    private final HttpRoutes routes = new HttpRoutes()
            .add("/greeting", call -> call.answer(HttpAnswer.text(200, "hello\n")))
            .add("/query", call -> call.answer(HttpAnswer.text(200, call.path() + " " + call.query())))
            .add("/parked", parked::add)
            .add("/broken", call -> {
                throw new IllegalStateException("planted");
            });
    private @Nullable HttpServer started;

    @AfterEach
    void stop() {
        if (started != null) {
            started.close();
        }
        loops.close();
        assertThat(metrics.openConnections()).isZero();
        assertThat(loops.failures()).isZero();
    }

    private RawHttpClient connect() throws IOException {
        return new RawHttpClient("127.0.0.1", start(SETTINGS));
    }

    private int start(HttpSettings settings) throws ListenerBindException {
        HttpServer server = new HttpServer(loops.control(), settings, metrics, routes);
        started = server;
        return server.start().port();
    }

    @Test
    void answersManyRequestsOfOneConnection() throws IOException {
        try (RawHttpClient client = connect()) {
            for (int i = 0; i < 3; i++) {
                Response response = client.get("/greeting");
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.body()).isEqualTo("hello\n");
                assertThat(response.headers())
                        .containsEntry("content-type", "text/plain; charset=utf-8")
                        .containsEntry("content-length", "6")
                        .containsEntry("cache-control", "no-store")
                        .doesNotContainKey("connection");
            }
            assertThat(metrics.answers(2)).isEqualTo(3);
        }
    }

    @Test
    void answersHeadAsGetWithoutTheBody() throws IOException {
        try (RawHttpClient client = connect()) {
            Response head = client.call("HEAD", "/greeting");
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.headers()).containsEntry("content-length", "6");
            assertThat(client.get("/greeting").body())
                    .as("nothing of the first body is left on the wire")
                    .isEqualTo("hello\n");
        }
    }

    @Test
    void passesTheQueryApartFromThePath() throws IOException {
        try (RawHttpClient client = connect()) {
            assertThat(client.get("/query?a=%20b?c").body()).isEqualTo("/query a=%20b?c");
            assertThat(client.get("http://elsewhere:1/query?x").body()).isEqualTo("/query x");
            assertThat(client.get("/query").body()).isEqualTo("/query ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/greetings", "/greeting/", "/../greeting", "/%67reeting", "http://localhost"})
    void tellsWhatThereIsWhenAskedForSomethingElse(String path) throws IOException {
        try (RawHttpClient client = connect()) {
            Response response = client.get(path);
            assertThat(response.status()).isEqualTo(404);
            assertThat(response.body()).isEqualTo("not here; there is:\n/greeting\n/query\n/parked\n/broken\n");
            assertThat(client.get("/greeting").status())
                    .as("the connection goes on")
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"})
    void refusesOtherMethodsNamingTheOnesThereAre(String method) throws IOException {
        try (RawHttpClient client = connect()) {
            client.send(method + " /greeting HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde");
            Response response = client.receive();
            assertThat(response.status()).isEqualTo(405);
            assertThat(response.headers()).containsEntry("allow", "GET, HEAD").containsEntry("connection", "close");
            assertThat(client.sawClose()).isTrue();
        }
    }

    @Test
    void letsAClientReadItsRefusalWhileItStillSends() throws IOException {
        try (RawHttpClient client = connect()) {
            client.send("POST /greeting HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n");
            assertThat(client.receive().status()).isEqualTo(405);
            for (int i = 0; i < 5; i++) {
                client.sendBytes(new byte[10_000]); // a closed connection would be reset
            }
            assertThat(client.sawClose()).isTrue();
        }
    }

    @Test
    void closesOldAndUnwillingClientsAfterTheirAnswer() throws IOException {
        int where = start(SETTINGS);
        try (RawHttpClient client = new RawHttpClient("127.0.0.1", where)) {
            client.send("GET /greeting HTTP/1.0\r\n\r\n");
            assertThat(client.receive().body()).isEqualTo("hello\n");
            assertThat(client.sawClose()).isTrue();
        }
        try (RawHttpClient client = new RawHttpClient("127.0.0.1", where)) {
            client.send("GET /greeting HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(client.receive().headers()).containsEntry("connection", "close");
            assertThat(client.sawClose()).isTrue();
        }
        try (RawHttpClient client = new RawHttpClient("127.0.0.1", where)) {
            client.send("GET /greeting HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(client.receive().headers()).containsEntry("connection", "keep-alive");
            assertThat(client.get("/greeting").status()).isEqualTo(200);
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws IOException {
        int count = 1_000;
        try (RawHttpClient client = connect()) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < count; i++) {
                requests.append("GET /query?").append(i).append(" HTTP/1.1\r\nHost: x\r\n\r\n");
            }
            client.send(requests.toString());
            for (int i = 0; i < count; i++) {
                assertThat(client.receive().body()).isEqualTo("/query " + i);
            }
        }
    }

    @Test
    void leavesAPipelinedRequestUntilTheOneBeforeItIsAnswered() throws Exception {
        try (RawHttpClient client = connect()) {
            String next = "GET /greeting HTTP/1.1\r\nHost: x\r\n\r\n";
            client.send("GET /parked HTTP/1.1\r\nHost: x\r\n\r\n" + next + next);
            parked.take().answer(HttpAnswer.text(200, "first"));
            assertThat(client.receive().body()).isEqualTo("first");
            assertThat(client.receive().body()).isEqualTo("hello\n");
            assertThat(client.receive().body()).isEqualTo("hello\n");
        }
    }

    @Test
    void assemblesRequestsThatComeInPieces() throws IOException {
        try (RawHttpClient client = connect()) {
            for (int request = 0; request < 3; request++) {
                for (char piece : "GET /greeting HTTP/1.1\r\nHost: x\r\n\r\n".toCharArray()) {
                    client.send(String.valueOf(piece));
                }
                assertThat(client.receive().body()).isEqualTo("hello\n");
            }
        }
    }

    @Test
    void takesAnAnswerFromAnyThreadOnce() throws Exception {
        try (RawHttpClient client = connect()) {
            client.send("GET /parked HTTP/1.1\r\nHost: x\r\n\r\n");
            HttpCall call = parked.take();
            call.answer(HttpAnswer.text(200, "late"));
            assertThat(client.receive().body()).isEqualTo("late");
            assertThatThrownBy(() -> call.answer(HttpAnswer.text(200, "again")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("/parked");
        }
    }

    @Test
    void dropsAnAnswerToAClientThatLeft() throws Exception {
        HttpCall call;
        try (RawHttpClient client = connect()) {
            client.send("GET /parked HTTP/1.1\r\nHost: x\r\n\r\n");
            call = parked.take();
        }
        call.answer(HttpAnswer.text(200, "too late"));
        await().atMost(60, TimeUnit.SECONDS).until(() -> metrics.openConnections() == 0);
    }

    @Test
    void answersForAHandlerThatFailed() throws IOException {
        try (RawHttpClient client = connect()) {
            assertThat(client.get("/broken").status()).isEqualTo(500);
            assertThat(client.get("/greeting").status()).isEqualTo(200);
            assertThat(metrics.answers(5)).isOne();
        }
    }

    @Test
    void keepsTheLoopFreeWhileASlowRouteWorks() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        routes.addSlow("/slow", call -> {
            entered.countDown();
            awaitUnchecked(release);
            call.answer(HttpAnswer.text(200, "slow"));
        });
        int where = start(SETTINGS);
        try (RawHttpClient slow = new RawHttpClient("127.0.0.1", where);
                RawHttpClient fast = new RawHttpClient("127.0.0.1", where)) {
            slow.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
            entered.await();
            assertThat(fast.get("/greeting").status()).isEqualTo(200);
            release.countDown();
            assertThat(slow.receive().body()).isEqualTo("slow");
        }
    }

    @Test
    void refusesSlowWorkBeyondItsQueue() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        routes.addSlow("/slow", call -> {
            entered.countDown();
            awaitUnchecked(release);
            call.answer(HttpAnswer.text(200, "slow"));
        });
        int where = start(SETTINGS);
        int worksAndWaits = 1 + 16;
        List<RawHttpClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i <= worksAndWaits; i++) {
                RawHttpClient client = new RawHttpClient("127.0.0.1", where);
                clients.add(client);
                client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
                if (i == 0) {
                    entered.await(); // it works, and takes no place in the queue any more
                }
            }
            await().atMost(60, TimeUnit.SECONDS).until(() -> metrics.answers(5) == 1);
            release.countDown();
            await().atMost(60, TimeUnit.SECONDS).until(() -> metrics.answers(2) == worksAndWaits);
        } finally {
            for (RawHttpClient client : clients) {
                client.close();
            }
        }
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void namesAPortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, address(127, 0, 0, 1))) {
            HttpServer server = new HttpServer(
                    loops.control(), HttpSettings.loopback("ADMIN", taken.getLocalPort()), metrics, routes);
            assertThatThrownBy(server::start)
                    .isInstanceOf(ListenerBindException.class)
                    .hasMessageContaining("ADMIN")
                    .hasMessageContaining(Integer.toString(taken.getLocalPort()))
                    .hasMessageContaining("in use")
                    .matches(refused -> ((ListenerBindException) refused).portInUse());
        }
    }

    @Test
    void listensOnBothLoopbackFamiliesAndNowhereElse() throws IOException {
        int where = start(SETTINGS);
        try (RawHttpClient client = new RawHttpClient("127.0.0.1", where)) {
            assertThat(client.get("/greeting").status()).isEqualTo(200);
        }
        if (hasIpv6Loopback()) {
            try (RawHttpClient client = new RawHttpClient("::1", where)) {
                assertThat(client.get("/greeting").status()).isEqualTo(200);
            }
        }
        try (ServerSocket sameElsewhere = new ServerSocket(where, 1, address(127, 0, 0, 2))) {
            assertThat(sameElsewhere.getLocalPort()).isEqualTo(where);
        }
    }

    private static InetAddress address(int... bytes) throws IOException {
        byte[] address = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            address[i] = (byte) bytes[i];
        }
        return InetAddress.getByAddress(address);
    }

    private static boolean hasIpv6Loopback() {
        try (ServerSocket probe = new ServerSocket(0, 1, address(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1))) {
            return probe.isBound();
        } catch (IOException missing) {
            return false;
        }
    }

    @Test
    void closesConnectionsAndGivesThePortBack() throws IOException {
        int where = start(SETTINGS);
        try (RawHttpClient client = new RawHttpClient("127.0.0.1", where)) {
            assertThat(client.get("/greeting").status()).isEqualTo(200);
            Objects.requireNonNull(started).close();
            assertThat(client.sawClose()).isTrue();
        }
        start(HttpSettings.loopback("ADMIN", where));
    }

    @Test
    void refusesRoutesThatCannotBeAskedFor() {
        assertThatThrownBy(() -> routes.add("no-slash", parked::add)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> routes.add("/greeting", parked::add)).isInstanceOf(IllegalArgumentException.class);
    }
}
