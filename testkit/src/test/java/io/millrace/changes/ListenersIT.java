package io.millrace.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.client.connection.ClientConfig;
import io.millrace.testkit.TestBroker;
import io.millrace.tools.Millrace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.junit.jupiter.api.Test;

/** Where clients come in, and where they are told to go: each by the listener that it came in by. */
class ListenersIT {

    private static final long PATIENCE_NS = 60_000_000_000L;

    @Test
    void clientsAreToldTheNameOfTheListenerTheyCameInBy() throws Exception {
        // Both names lead to 127.0.0.1, so each client can follow what it is told.
        try (TestBroker broker = TestBroker.start(
                "listeners", "HOST://127.0.0.1:0,DOCKER://127.0.0.1:0",
                "advertised.listeners", "HOST://localhost:0,DOCKER://127.1:0",
                "group.initial.rebalance.delay.ms", "0")) {
            int first = portOf(broker.bootstrap(0));
            int second = portOf(broker.bootstrap(1));
            isTold(broker.bootstrap(0), "localhost", first);
            isTold("127.0.0.1:" + first, "localhost", first);
            isTold(broker.bootstrap(1), "127.1", second);
            isTold("localhost:" + second, "127.1", second);
            producedAndConsumed(broker.bootstrap(0), "by-host");
            producedAndConsumed(broker.bootstrap(1), "by-docker");
            assertThat(broker.fatal()).isEmpty();
        }
    }

    @Test
    void anIpv6AddressServesEveryClientAndEveryTool() throws Exception {
        assumeTrue(hasIpv6(), "this machine has no ::1");
        try (TestBroker broker =
                TestBroker.start("listeners", "PLAINTEXT://[::1]:0", "group.initial.rebalance.delay.ms", "0")) {
            String bootstrap = broker.bootstrap();
            assertThat(bootstrap).matches("\\[::1]:\\d+");
            isTold(bootstrap, "::1", portOf(bootstrap));
            producedAndConsumed(bootstrap, "six");
            assertThat(Millrace.run("topic", "create", "by-tool", "--server", bootstrap))
                    .isZero();
            assertThat(Millrace.run("topic", "list", "--server", bootstrap)).isZero();
            assertThat(Millrace.run("consume", "six", "--from-beginning", "--max", "1", "--server", bootstrap))
                    .isZero();
            assertThat(Millrace.run("group", "list", "--server", bootstrap)).isZero();
            assertThat(broker.fatal()).isEmpty();
        }
    }

    /** The cluster's node, a partition's leader and a group's coordinator have this address, for Kafka's client and ours. */
    private static void isTold(String bootstrap, String host, int port) throws Exception {
        String topic = "told-" + Integer.toHexString(bootstrap.hashCode());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
            admin.alterConsumerGroupOffsets(topic, Map.of()).all().get();
            Collection<Node> nodes = admin.describeCluster().nodes().get();
            List<Node> told = new ArrayList<>(nodes);
            told.add(Objects.requireNonNull(admin.describeTopics(List.of(topic))
                            .allTopicNames()
                            .get()
                            .get(topic))
                    .partitions()
                    .getFirst()
                    .leader());
            assertThat(told)
                    .hasSize(2)
                    .allSatisfy(
                            node -> assertThat(node.host() + " " + node.port()).isEqualTo(host + " " + port));
        }
        try (io.millrace.client.admin.Admin admin = io.millrace.client.admin.Admin.open(ClientConfig.of(bootstrap))) {
            assertThat(admin.listTopics().join()).isNotEmpty();
        }
    }

    private static void producedAndConsumed(String bootstrap, String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
        }
        for (boolean isNative : new boolean[] {false, true}) {
            try (Sending producer = Sending.open(isNative, bootstrap, topic)) {
                List<CompletableFuture<?>> sent = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    sent.add(producer.send(i % 2, isNative + "-" + i));
                }
                sent.forEach(CompletableFuture::join);
            }
        }
        for (Reading.Kind kind : Reading.Kind.values()) {
            List<Reading.Seen> seen = new ArrayList<>();
            try (Reading consumer = Reading.open(kind, bootstrap, topic, 2)) {
                long endNs = System.nanoTime() + PATIENCE_NS;
                while (seen.size() < 200) {
                    assertThat(System.nanoTime()).as("60 s are over: %s", kind).isLessThan(endNs);
                    seen.addAll(consumer.poll());
                }
            }
        }
    }

    private static int portOf(String bootstrap) {
        return Integer.parseInt(bootstrap.substring(bootstrap.lastIndexOf(':') + 1));
    }

    private static boolean hasIpv6() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
