package io.millrace.network.server;

import static io.millrace.network.server.ServerRig.assertAnswer;
import static io.millrace.network.server.ServerRig.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.network.connection.CloseReason;
import io.millrace.network.frame.Frames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where the server listens, and how many connections it takes there. */
class ServerListenersTest {

    private final ServerRig rig = new ServerRig();

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void localhostListensOnBothFamilies() throws IOException {
        int port = rig.start(ServerSettings.defaults(), ServerRig::echo);
        for (String host : new String[] {"127.0.0.1", "::1"}) {
            try (TestClient client = new TestClient(host, port)) {
                client.send(Frames.request(7, "family", 5));
                assertAnswer(client.receive(), 7, 5);
            }
        }
    }

    @Test
    void everyAddressListensOnBothFamilies() throws IOException {
        int port = rig.start(ServerSettings.defaults(), ServerRig::echo, ListenerSettings.plaintext("ALL", "*", 0));
        for (String host : new String[] {"127.0.0.1", "::1"}) {
            try (TestClient client = new TestClient(host, port)) {
                client.send(Frames.request(7, "family", 5));
                assertAnswer(client.receive(), 7, 5);
            }
        }
    }

    @Test
    void severalListenersHaveTheirOwnNamesPortsAndAdvertisedAddresses() throws IOException {
        Set<String> names = ConcurrentHashMap.newKeySet();
        KafkaServer server = rig.newServer(ServerSettings.defaults(), (request, responder) -> {
            names.add(request.connection().listenerName());
            echo(request, responder);
        });
        List<BoundListener> bound = server.start(List.of(
                ListenerSettings.plaintext("INTERNAL", "127.0.0.1", 0),
                new ListenerSettings("EXTERNAL", "127.0.0.1", 0, "broker.example", 19092, false)));
        assertThat(bound).extracting(BoundListener::name).containsExactly("INTERNAL", "EXTERNAL");
        assertThat(bound.get(0).advertisedPort()).isEqualTo(bound.get(0).port()).isNotZero();
        assertThat(bound.get(0).advertisedHost()).isEqualTo("127.0.0.1");
        assertThat(bound.get(1).advertisedHost()).isEqualTo("broker.example");
        assertThat(bound.get(1).advertisedPort()).isEqualTo(19092);
        for (BoundListener listener : bound) {
            try (TestClient client = new TestClient("127.0.0.1", listener.port())) {
                client.send(Frames.request(1, "both", 1));
                assertAnswer(client.receive(), 1, 1);
            }
        }
        assertThat(names).containsExactlyInAnyOrder("INTERNAL", "EXTERNAL");
    }

    @Test
    void aPortInUseIsNamedAndNothingStaysOpen() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            KafkaServer server = rig.newServer(ServerSettings.defaults(), ServerRig::echo);
            assertThatThrownBy(() -> server.start(List.of(
                            ListenerSettings.plaintext("FIRST", "127.0.0.1", 0),
                            ListenerSettings.plaintext("SECOND", "127.0.0.1", taken.getLocalPort()))))
                    .isInstanceOfSatisfying(
                            ListenerBindException.class,
                            refused -> assertThat(refused.portInUse()).isTrue())
                    .hasMessageContaining("SECOND")
                    .hasMessageContaining(String.valueOf(taken.getLocalPort()))
                    .hasMessageContaining("another port");
            assertThat(server.listeners()).isEmpty();
        }
    }

    @Test
    void anAddressOfAnotherMachineIsNamed() {
        KafkaServer server = rig.newServer(ServerSettings.defaults(), ServerRig::echo);
        assertThatThrownBy(() -> server.start(List.of(ListenerSettings.plaintext("FAR", "192.0.2.1", 0))))
                .isInstanceOf(ListenerBindException.class)
                .hasMessageContaining("FAR")
                .hasMessageContaining("does not have that address");
    }

    @Test
    void oneAddressGetsOnlyItsShareOfConnections() throws IOException {
        int port = rig.start(ServerSettings.defaults().withMaxConnectionsPerIp(2), ServerRig::echo);
        try (TestClient first = new TestClient("127.0.0.1", port);
                TestClient second = new TestClient("127.0.0.1", port)) {
            first.send(Frames.request(1, "a", 1));
            assertAnswer(first.receive(), 1, 1);
            second.send(Frames.request(1, "b", 1));
            assertAnswer(second.receive(), 1, 1);
            try (TestClient third = new TestClient("127.0.0.1", port)) {
                assertThat(third.sawClose()).isTrue();
            }
            try (TestClient other = new TestClient("::1", port)) {
                other.send(Frames.request(1, "c", 1));
                assertAnswer(other.receive(), 1, 1);
            }
        }
        assertThat(rig.metrics.connectionsClosed(CloseReason.TOO_MANY_CONNECTIONS_FROM_ADDRESS))
                .isEqualTo(1);
        await().atMost(60, TimeUnit.SECONDS).until(() -> rig.server().openConnections() == 0);
        try (TestClient again = new TestClient("127.0.0.1", port)) {
            again.send(Frames.request(1, "d", 1));
            assertAnswer(again.receive(), 1, 1);
        }
    }

    @Test
    void connectionsAreBoundedInTotal() throws IOException {
        int port = rig.start(ServerSettings.defaults().withMaxConnections(1), ServerRig::echo);
        try (TestClient first = new TestClient("127.0.0.1", port)) {
            first.send(Frames.request(1, "a", 1));
            assertAnswer(first.receive(), 1, 1);
            try (TestClient second = new TestClient("::1", port)) {
                assertThat(second.sawClose()).isTrue();
            }
        }
        assertThat(rig.metrics.connectionsClosed(CloseReason.TOO_MANY_CONNECTIONS))
                .isEqualTo(1);
    }
}
