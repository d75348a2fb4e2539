package io.millrace.network.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.network.loop.ShardLoops;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** Damaged requests: each is answered with a status this server has, or its connection ends; the next client is served. */
class HttpMutationPropertyTest {

    private static final int PATIENCE_MS = 50;
    private static final byte[] REQUEST =
            "GET /greeting?a=b HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.ISO_8859_1);

    private final ShardLoops loops = new ShardLoops(1);
    private final HttpMetrics metrics = new HttpMetrics();
    private final HttpServer server = new HttpServer(
            loops.control(),
            HttpSettings.loopback("ADMIN", 0).withTimeoutsMs(PATIENCE_MS, PATIENCE_MS),
            metrics,
            new HttpRoutes().add("/greeting", call -> call.answer(HttpAnswer.text(200, "hello\n"))));
    private int port;

    @BeforeProperty
    void start() throws IOException {
        port = server.start().port();
    }

    @AfterProperty
    void stop() {
        server.close();
        loops.close();
        assertThat(loops.failures()).isZero();
        assertThat(metrics.openConnections()).isZero();
    }

    @Property(tries = 300)
    void everyDamagedRequestEndsInAnAnswerOrAClose(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        byte[] damaged = REQUEST.clone();
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        String request = new String(damaged, StandardCharsets.ISO_8859_1);
        try (RawHttpClient client = RawHttpClient.asked(port, PATIENCE_MS, request)) {
            assertThat(client.sawClose()).isTrue();
        }
        try (RawHttpClient client =
                RawHttpClient.asked(port, PATIENCE_MS, "GET /greeting HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            assertThat(client.receive().body()).isEqualTo("hello\n");
        }
    }
}
