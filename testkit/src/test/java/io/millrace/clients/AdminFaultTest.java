package io.millrace.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.admin.Admin;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.cluster.FoundOffset;
import io.millrace.client.cluster.OffsetQuery;
import io.millrace.client.cluster.TopicImage;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ClientConfig;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.ClientTimeoutException;
import io.millrace.client.error.ConnectionException;
import io.millrace.client.error.OutcomeUnknownException;
import io.millrace.client.error.RefusedException;
import io.millrace.client.error.UnsupportedApiException;
import io.millrace.clients.stub.Fault;
import io.millrace.clients.stub.StubCluster;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.ApiKey;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which calls are repeated after a fault, which are not, and what the caller is told. */
@Timeout(180)
class AdminFaultTest {

    private static ClientConfig config(StubCluster cluster) {
        return ClientConfig.of(cluster.bootstrap())
                .withTimeouts(60_000, 60_000, 60_000)
                .withRetryBackoffMs(1, 5);
    }

    @Test
    void readsAreRepeatedAfterALostAnswer() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("orders", 2);
            AtomicInteger asked = new AtomicInteger();
            cluster.faults((api, broker) ->
                    api == ApiKey.METADATA && asked.incrementAndGet() < 4 ? new Fault.CloseAfter() : new Fault.None());
            try (Admin admin = Admin.open(config(cluster))) {
                assertThat(admin.listTopics().join())
                        .extracting(TopicImage::name)
                        .containsExactly("orders");
            }
        }
    }

    @Test
    void aCreationWhoseAnswerWasLostIsNotRepeated() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.faults((api, broker) -> api == ApiKey.CREATE_TOPICS ? new Fault.CloseAfter() : new Fault.None());
            try (Admin admin = Admin.open(config(cluster))) {
                assertThatThrownBy(
                                () -> admin.createTopic(NewTopic.of("orders")).join())
                        .hasCauseInstanceOf(OutcomeUnknownException.class)
                        .hasMessageContaining("create topic orders")
                        .hasMessageContaining("look before trying again");
            }
            assertThat(cluster.hasTopic("orders")).isTrue();
            assertThat(cluster.requests(ApiKey.CREATE_TOPICS)).isEqualTo(1);
        }
    }

    @Test
    void aCreationThatWasRefusedForNowIsRepeated() {
        try (StubCluster cluster = StubCluster.start(1)) {
            AtomicInteger asked = new AtomicInteger();
            cluster.faults((api, broker) -> api == ApiKey.CREATE_TOPICS && asked.incrementAndGet() < 3
                    ? new Fault.Refuse(ErrorCode.NOT_CONTROLLER)
                    : new Fault.None());
            try (Admin admin = Admin.open(config(cluster))) {
                assertThat(admin.createTopic(NewTopic.of("orders")).join().name())
                        .isEqualTo("orders");
                assertThatThrownBy(
                                () -> admin.createTopic(NewTopic.of("orders")).join())
                        .hasCauseInstanceOf(RefusedException.class)
                        .hasMessageContaining("TOPIC_ALREADY_EXISTS");
            }
        }
    }

    @Test
    void offsetsAreAskedOfTheLeadersEvenWhenTheyMove() {
        try (StubCluster cluster = StubCluster.start(3)) {
            cluster.topic("orders", 6);
            try (Admin admin = Admin.open(config(cluster))) {
                for (int round = 0; round < 3; round++) {
                    TopicPartition partition = new TopicPartition("orders", 5);
                    cluster.lead("orders", 5, round);
                    Map<TopicPartition, FoundOffset> found = admin.listOffsets(Map.of(
                                    partition,
                                    OffsetQuery.latest(),
                                    new TopicPartition("orders", 0),
                                    OffsetQuery.earliest()))
                            .join();
                    assertThat(found)
                            .hasEntrySatisfying(
                                    partition, at -> assertThat(at.offset()).isZero());
                }
            }
        }
    }

    @Test
    void silenceEndsAtTheApiTimeout() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.faults((api, broker) -> api == ApiKey.METADATA ? new Fault.Ignore() : new Fault.None());
            try (Admin admin = Admin.open(config(cluster).withTimeouts(300, 2_000, 60_000))) {
                assertThatThrownBy(() -> admin.listTopics().join())
                        .hasCauseInstanceOf(ClientTimeoutException.class)
                        .hasMessageContaining("list topics did not succeed within 2000 ms")
                        .hasMessageContaining("no answer");
            }
        }
    }

    @Test
    void aPortWhereNothingListensIsNamedAtOnce() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        try (Admin admin = Admin.open(ClientConfig.of("localhost:" + free).withTimeouts(1_000, 30_000, 0))) {
            assertThatThrownBy(() -> admin.listTopics().join())
                    .hasCauseInstanceOf(ConnectionException.class)
                    .hasMessageContaining("nothing listens on localhost:" + free)
                    .hasMessageContaining("./millrace dev");
        }
    }

    @Test
    void aCallThatBacksOffFailsWhenItsClientCloses() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        Admin admin = Admin.open(ClientConfig.of("localhost:" + free)
                .withTimeouts(1_000, 60_000, 60_000)
                .withRetryBackoffMs(30_000, 30_000));
        CompletableFuture<?> topics = admin.listTopics();
        CompletableFuture<?> offsets = admin.listOffsets(Map.of(new TopicPartition("orders", 0), OffsetQuery.latest()));
        admin.close();
        assertThatThrownBy(topics::join).hasCauseInstanceOf(ClientException.class);
        assertThatThrownBy(offsets::join).hasCauseInstanceOf(ClientException.class);
    }

    @Test
    void anotherBootstrapServerIsTriedWhenOneIsDown() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("orders", 1);
            ClientConfig config = ClientConfig.of("127.0.0.1:" + free + "," + cluster.bootstrap())
                    .withTimeouts(60_000, 60_000, 0)
                    .withRetryBackoffMs(1, 5);
            try (Admin admin = Admin.open(config)) {
                assertThat(admin.listTopics().join()).hasSize(1);
            }
        }
    }

    @Test
    void aBrokerWithoutTheApiIsToldApart() {
        try (StubCluster cluster = StubCluster.start(1)) {
            try (Admin admin = Admin.open(config(cluster))) {
                assertThatThrownBy(() -> admin.deleteTopic("orders").join())
                        .hasCauseInstanceOf(UnsupportedApiException.class)
                        .hasMessageContaining("does not offer DeleteTopics");
            }
        }
    }
}
