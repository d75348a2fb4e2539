package io.millrace.clients.groups;

import static io.millrace.clients.groups.StubbedGroup.POLL;
import static io.millrace.clients.groups.StubbedGroup.RECORDS;
import static io.millrace.clients.groups.StubbedGroup.T0;
import static io.millrace.clients.groups.StubbedGroup.T1;
import static io.millrace.clients.groups.StubbedGroup.group;
import static io.millrace.clients.groups.StubbedGroup.some;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.client.consumer.Consumer;
import io.millrace.client.consumer.ConsumerRecord;
import io.millrace.client.consumer.assignment.Assignor;
import io.millrace.client.consumer.group.CommittedOffset;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.RefusedException;
import io.millrace.clients.stub.Fault;
import io.millrace.clients.stub.StubCluster;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.ApiKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the native consumer makes of a coordinator that moves, forgets, refuses and does not answer. */
@Timeout(300)
class GroupFaultTest {

    private final StubbedGroup stub = new StubbedGroup();
    private final StubCluster cluster = stub.cluster;

    @AfterEach
    void stop() {
        stub.close();
    }

    @ParameterizedTest
    @EnumSource(Assignor.class)
    void everythingIsReadAndNothingCommittedGoesBackWhateverGoesWrong(Assignor assignor) {
        List<ErrorCode> errors = List.of(
                ErrorCode.NOT_COORDINATOR,
                ErrorCode.COORDINATOR_NOT_AVAILABLE,
                ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
                ErrorCode.UNKNOWN_MEMBER_ID,
                ErrorCode.ILLEGAL_GENERATION,
                ErrorCode.REBALANCE_IN_PROGRESS);
        List<ApiKey> hit = List.of(
                ApiKey.JOIN_GROUP,
                ApiKey.SYNC_GROUP,
                ApiKey.HEARTBEAT,
                ApiKey.OFFSET_COMMIT,
                ApiKey.OFFSET_FETCH,
                ApiKey.FIND_COORDINATOR);
        Random random = new Random(7);
        cluster.faults((api, broker) -> {
            if (!hit.contains(api) || random.nextInt(4) > 0) {
                return new Fault.None();
            }
            if (random.nextInt(20) == 0) {
                cluster.coordinate(random.nextInt(2));
            }
            ErrorCode error = errors.get(random.nextInt(errors.size()));
            boolean member = api == ApiKey.HEARTBEAT || api == ApiKey.OFFSET_COMMIT || api == ApiKey.SYNC_GROUP;
            return switch (random.nextInt(4)) {
                case 0 -> new Fault.CloseBefore();
                case 1 -> new Fault.CloseAfter();
                case 2 -> member || error.retriable() ? new Fault.Refuse(error) : new Fault.None();
                default -> member || error.retriable() ? new Fault.DoAndRefuse(error) : new Fault.None();
            };
        });
        Sightings sightings = new Sightings();
        for (int i = 0; i < 3; i++) {
            try (Consumer consumer = stub.open(group().withAssignors(assignor).withAutoCommit(0))) {
                for (int j = 0; j < 25; j++) {
                    for (ConsumerRecord record : consumer.poll(POLL)) {
                        sightings.saw(record.partition().partition(), record.offset());
                    }
                }
            }
            for (int partition = 0; partition < 2; partition++) {
                long committed = cluster.committed("t", partition);
                assertThat(sightings.missing(partition, committed))
                        .as("what was committed was seen")
                        .isEqualTo(-1);
            }
        }
        assertThat(cluster.setBacks()).isEmpty();
        cluster.faults((api, broker) -> new Fault.None());
        try (Consumer consumer = stub.open(group())) {
            for (int i = 0; i < 200 && !isComplete(sightings); i++) {
                for (ConsumerRecord record : consumer.poll(POLL)) {
                    sightings.saw(record.partition().partition(), record.offset());
                }
            }
            assertThat(isComplete(sightings))
                    .as(
                            "all was seen but %s and %s, committed %s and %s",
                            sightings.missing(0, RECORDS),
                            sightings.missing(1, RECORDS),
                            cluster.committed("t", 0),
                            cluster.committed("t", 1))
                    .isTrue();
        }
    }

    private static boolean isComplete(Sightings sightings) {
        return sightings.missing(0, RECORDS) < 0 && sightings.missing(1, RECORDS) < 0;
    }

    @Test
    void aMemberThatTheCoordinatorForgotLosesItsPartitionsAndComesBack() {
        try (Consumer consumer = stub.open(group())) {
            some(consumer);
            cluster.expireMember();
            List<ConsumerRecord> last = stub.pollUntilTold(consumer, 3);
            assertThat(stub.told.words)
                    .containsExactly("assigned [t-0, t-1]", "lost [t-0, t-1]", "assigned [t-0, t-1]");
            List<ConsumerRecord> again = last.isEmpty() ? some(consumer) : last;
            assertThat(again.getFirst().offset()).as("nothing was committed").isEqualTo(0);
        }
    }

    @Test
    void slowProcessingKeepsTheMembership() {
        try (Consumer consumer = stub.open(group())) {
            some(consumer);
            int before = cluster.requests(ApiKey.HEARTBEAT);
            await().until(() -> cluster.requests(ApiKey.HEARTBEAT) >= before + 10);
            consumer.commit();
            assertThat(stub.committed()).isEqualTo(10);
            assertThat(stub.told.words).hasSize(1);
        }
    }

    @Test
    void tooLongBetweenPollsEndsTheMembershipAndSaysSo() {
        try (Consumer consumer = stub.open(group().withTimeouts(10_000, 20, 2_000))) {
            some(consumer);
            await().until(() -> cluster.leaves().size() == 1);
            assertThatThrownBy(consumer::commit)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("maxPollIntervalMs=2000");
            assertThat(stub.committed()).isEqualTo(0);
            stub.pollUntilTold(consumer, 3);
            assertThat(stub.told.words)
                    .containsExactly("assigned [t-0, t-1]", "lost [t-0, t-1]", "assigned [t-0, t-1]");
        }
    }

    @Test
    void aMemberThatIsClosedAfterItLostItsPartitionsRevokesNothing() {
        try (Consumer consumer = stub.open(group().withAutoCommit(0))) {
            some(consumer);
            cluster.expireMember();
            int joins = cluster.requests(ApiKey.JOIN_GROUP);
            await().until(() -> isRefused(consumer));
            assertThat(cluster.requests(ApiKey.JOIN_GROUP))
                    .as("it joins again only in a poll")
                    .isEqualTo(joins);
        }
        assertThat(stub.told.words).containsExactly("assigned [t-0, t-1]", "lost [t-0, t-1]");
        assertThat(stub.committed()).isEqualTo(0);
    }

    private static boolean isRefused(Consumer consumer) {
        try {
            consumer.commit(Map.of(T0, CommittedOffset.of(0)));
            return false;
        } catch (RefusedException e) {
            return true;
        }
    }

    @Test
    void aPollThatWaitsLongKeepsTheMembership() {
        try (Consumer consumer = stub.open(group().withTimeouts(10_000, 20, 2_000))) {
            while (consumer.poll(POLL).isEmpty()) {
                // joins
            }
            consumer.seekToEnd(List.of(T0, T1));
            assertThat(consumer.poll(Duration.ofSeconds(5))).isEmpty();
            assertThat(cluster.leaves()).isEmpty();
            assertThat(stub.told.words).hasSize(1);
        }
    }

    @Test
    void aRebalanceRevokesEagerlyAfterTheLastCommit() {
        try (Consumer consumer = stub.open(group().withAssignors(Assignor.RANGE).withAutoCommit(60_000))) {
            some(consumer);
            stub.refuse(ApiKey.HEARTBEAT, ErrorCode.REBALANCE_IN_PROGRESS, 1);
            stub.pollUntilTold(consumer, 3);
            assertThat(stub.told.words)
                    .containsExactly("assigned [t-0, t-1]", "revoked [t-0, t-1]", "assigned [t-0, t-1]");
            assertThat(stub.committed()).as("committed before the rebalance").isGreaterThanOrEqualTo(10);
        }
        assertThat(cluster.setBacks()).isEmpty();
    }

    @Test
    void aRebalanceTakesNothingFromACooperativeMemberThatKeepsItsPartitions() {
        try (Consumer consumer = stub.open(group().withAssignors(Assignor.COOPERATIVE_STICKY))) {
            some(consumer);
            int before = cluster.requests(ApiKey.JOIN_GROUP);
            stub.refuse(ApiKey.HEARTBEAT, ErrorCode.REBALANCE_IN_PROGRESS, 1);
            while (cluster.requests(ApiKey.JOIN_GROUP) == before) {
                consumer.poll(Duration.ZERO);
            }
            consumer.commit();
            assertThat(stub.told.words).containsExactly("assigned [t-0, t-1]");
        }
    }

    @Test
    void aFencedMemberFailsEachPollUntilItSubscribesAgain() {
        try (Consumer consumer = stub.open(group().withInstanceId("one"))) {
            some(consumer);
            stub.refuse(ApiKey.HEARTBEAT, ErrorCode.FENCED_INSTANCE_ID, 1);
            RefusedException failure = null;
            for (int i = 0; i < 200 && failure == null; i++) {
                try {
                    consumer.poll(POLL);
                } catch (RefusedException e) {
                    failure = e;
                }
            }
            assertThat(failure)
                    .isNotNull()
                    .extracting(ClientException::errorCode)
                    .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
            assertThatThrownBy(() -> consumer.poll(POLL)).isInstanceOf(RefusedException.class);
            assertThat(stub.told.words).containsExactly("assigned [t-0, t-1]", "lost [t-0, t-1]");
            consumer.subscribe(List.of("t"), stub.told);
            assertThat(some(consumer)).hasSize(10);
        }
        assertThat(cluster.leaves()).as("a static member never leaves").isEmpty();
    }
}
