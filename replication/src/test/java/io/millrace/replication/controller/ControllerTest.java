package io.millrace.replication.controller;

import static io.millrace.replication.fixture.Expect.present;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Uuid;
import io.millrace.replication.controller.ControllerCommand.CreateTopics;
import io.millrace.replication.controller.ControllerCommand.NewTopic;
import io.millrace.replication.fixture.ManualLane;
import io.millrace.replication.fixture.ManualLoop;
import io.millrace.replication.fixture.MemoryDisk;
import io.millrace.replication.fixture.SeededRandomness;
import io.millrace.replication.metadata.BrokerImage;
import io.millrace.replication.metadata.Endpoint;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.replication.metadata.PartitionImage;
import io.millrace.replication.metadata.TopicDelta;
import io.millrace.replication.metadata.TopicImage;
import io.millrace.replication.metadatalog.LocalMetadataLog;
import io.millrace.replication.metadatalog.LocalMetadataLogConfig;
import io.millrace.storage.disk.DiskException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ControllerTest {

    private static final Path DIRECTORY = Path.of("/data/metadata");

    private final ManualLoop loop = new ManualLoop();
    private final ManualLane lane = new ManualLane(loop);
    private MetadataPublisher publisher = new MetadataPublisher(loop);
    private final List<String> fatal = new ArrayList<>();
    private final List<ControllerStart> starts = new ArrayList<>();
    private MemoryDisk disk = new MemoryDisk();

    private Controller start(String clusterId, long snapshotAfterBytes, int maxQueued) {
        ControllerSettings settings = new ControllerSettings(
                clusterId, 3, (short) 1, new TreeMap<>(), new ControllerSettings.Limits(100, 1_000, maxQueued));
        Controller controller = new Controller(
                loop,
                new LocalMetadataLog(loop, disk, lane, DIRECTORY, new LocalMetadataLogConfig(snapshotAfterBytes)),
                settings,
                ConfigSchema.ANY,
                new SeededRandomness(3),
                publisher,
                fatal::add);
        controller.start(starts::add);
        loop.run();
        return controller;
    }

    private Controller started() {
        Controller controller = start("cluster", 1 << 20, 1_000);
        assertThat(starts).singleElement().isInstanceOf(ControllerStart.Ready.class);
        register(controller);
        return controller;
    }

    private long register(Controller controller) {
        List<ControllerAnswer<ControllerCommand.RegisteredBroker>> answers = new ArrayList<>();
        controller.submit(
                new ControllerCommand.RegisterBroker(
                        1,
                        new Uuid(1, 1),
                        "rack",
                        List.of(new Endpoint("PLAINTEXT", "localhost", 9092, (short) 0)),
                        List.of(new Uuid(2, 2))),
                answers::add);
        loop.run();
        return ((ControllerAnswer.Done<ControllerCommand.RegisteredBroker>) answers.getFirst())
                .value()
                .brokerEpoch();
    }

    private List<ControllerAnswer<List<TopicOutcome>>> create(Controller controller, String... names) {
        List<ControllerAnswer<List<TopicOutcome>>> answers = new ArrayList<>();
        for (String name : names) {
            controller.submit(new CreateTopics(List.of(NewTopic.of(name)), false), answers::add);
        }
        return answers;
    }

    @Test
    void answersAfterTheRecordsAreSyncedAndTheImageIsPublished() {
        Controller controller = started();
        List<String> seen = new ArrayList<>();
        controller.submit(new CreateTopics(List.of(NewTopic.of("t")), false), answer -> {
            TopicImage topic = publisher.image().topic("t");
            seen.add(topic == null ? "missing" : topic.partitionCount() + " partitions");
        });
        loop.runOne();
        assertThat(publisher.image().topic("t")).isNull();
        assertThat(seen).isEmpty();
        loop.run();
        assertThat(seen).containsExactly("3 partitions");
    }

    @Test
    void namesThatDifferOnlyByDotAndUnderscoreAreRefused() {
        Controller controller = started();
        create(controller, "orders.paid", "plain");
        loop.run();
        List<ControllerAnswer<List<TopicOutcome>>> answers = new ArrayList<>();
        List<NewTopic> wanted = List.of(
                NewTopic.of("orders_paid"), NewTopic.of("orders-paid"), NewTopic.of("x_y.z"), NewTopic.of("x.y.z"));
        controller.submit(new CreateTopics(wanted, false), answers::add);
        loop.run();
        List<TopicOutcome> outcomes = ((ControllerAnswer.Done<List<TopicOutcome>>) answers.getFirst()).value();
        assertThat(outcomes.get(0)).isInstanceOfSatisfying(TopicOutcome.Failed.class, failed -> {
            assertThat(failed.error()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
            assertThat(failed.message()).contains("'orders_paid'", "'orders.paid'");
        });
        assertThat(outcomes.get(1)).isInstanceOf(TopicOutcome.Succeeded.class);
        assertThat(outcomes.get(2)).isInstanceOf(TopicOutcome.Succeeded.class);
        assertThat(outcomes.get(3)).isInstanceOfSatisfying(TopicOutcome.Failed.class, failed -> {
            assertThat(failed.error()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
            assertThat(failed.message()).contains("'x_y.z'");
        });
        assertThat(publisher.image().topic("orders_paid")).isNull();
    }

    @Test
    void commandsThatArriveDuringASyncShareTheNextOne() {
        Controller controller = started();
        int before = lane.submitted();
        List<ControllerAnswer<List<TopicOutcome>>> answers =
                create(controller, "a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
        loop.run();
        assertThat(answers).hasSize(10);
        assertThat(lane.submitted() - before).isEqualTo(2);
        assertThat(publisher.image().topicCount()).isEqualTo(10);
    }

    @Test
    void aRefusalWaitsForTheCommitOfWhatItSaw() {
        Controller controller = started();
        List<ControllerAnswer<List<TopicOutcome>>> first = create(controller, "warm", "t", "t");
        disk.failOnce("write", DiskException.Kind.FULL);
        loop.run();
        assertThat(first).hasSize(3);
        assertThat(first.getFirst())
                .isInstanceOfSatisfying(
                        ControllerAnswer.Failed.class,
                        failed -> assertThat(failed.error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR));
        // Decided together after the refusal: one creates, the other is told of it only once that is durable.
        assertThat(publisher.image().topic("t")).isNotNull();
        assertThat(publisher.image().topic("warm")).isNull();
        assertThat(fatal).isEmpty();
    }

    @Test
    void noReplicaLeadsTwiceInOneEpoch() {
        Controller controller = started();
        create(controller, "t");
        loop.run();
        BrokerImage first = present(publisher.image().broker(1));
        Controller again = restarted("cluster");
        long secondEpoch = register(again);
        assertThat(secondEpoch).isGreaterThan(first.brokerEpoch());
        TopicImage topic = present(publisher.image().topic("t"));
        for (PartitionImage partition : topic.partitions()) {
            assertThat(partition.leader()).isEqualTo(1);
            assertThat(partition.leaderEpoch()).isEqualTo(1);
            assertThat(partition.partitionEpoch()).isEqualTo(1);
        }
    }

    /** Another process on what this one left on the disk. */
    private Controller restarted(String clusterId) {
        disk = disk.copy();
        publisher = new MetadataPublisher(loop);
        starts.clear();
        return start(clusterId, 1 << 20, 1_000);
    }

    @Test
    void subscribersSeeEveryChangeOnceAndInOrder() {
        Controller controller = started();
        List<String> seen = new ArrayList<>();
        publisher.subscribe(loop, (before, after, delta) -> {
            for (TopicDelta topic : delta.topics()) {
                TopicImage now = topic.after();
                seen.add((topic.created() ? "+" : topic.deleted() ? "-" : "~")
                        + (now == null ? "" : now.name())
                        + topic.changedPartitions());
            }
        });
        loop.run();
        create(controller, "t");
        loop.run();
        controller.submit(
                new ControllerCommand.CreatePartitions(
                        List.of(new ControllerCommand.NewPartitions("t", 5, null)), false),
                answer -> {});
        loop.run();
        register(controller);
        controller.submit(
                new ControllerCommand.DeleteTopics(List.of(new ControllerCommand.TopicRef.ByName("t"))), answer -> {});
        loop.run();
        assertThat(seen).containsExactly("+t[0, 1, 2]", "~t[3, 4]", "~t[0, 1, 2, 3, 4]", "-[0, 1, 2, 3, 4]");
    }

    @Test
    void moreCommandsThanTheBoundAreRefusedAtOnce() {
        Controller controller = start("cluster", 1 << 20, 4);
        register(controller);
        List<ControllerAnswer<List<TopicOutcome>>> answers = create(controller, "a", "b", "c", "d", "e", "f");
        loop.run();
        assertThat(answers.stream().filter(each -> each instanceof ControllerAnswer.Failed))
                .hasSize(2)
                .allSatisfy(each -> assertThat(((ControllerAnswer.Failed<?>) each).error())
                        .isEqualTo(ErrorCode.THROTTLING_QUOTA_EXCEEDED));
        assertThat(publisher.image().topicCount()).isEqualTo(4);
        assertThat(controller.queuedCommands()).isZero();
    }

    @Test
    void aFailedSyncEndsTheControllerAndTellsTheProcess() {
        Controller controller = started();
        disk.failOnce("sync", DiskException.Kind.FAILED);
        List<ControllerAnswer<List<TopicOutcome>>> answers = create(controller, "t");
        loop.run();
        assertThat(answers).singleElement().isInstanceOf(ControllerAnswer.Failed.class);
        assertThat(fatal).singleElement().asString().contains("cannot append to the metadata log");
        assertThat(publisher.image().topic("t")).isNull();
        assertThat(create(controller, "later")).isEmpty();
        loop.run();
        assertThat(controller.queuedCommands()).isZero();
    }

    @Test
    void aLogOfAnotherClusterIsRefused() {
        started();
        restarted("other");
        assertThat(starts)
                .singleElement()
                .isInstanceOfSatisfying(
                        ControllerStart.Refused.class,
                        refused -> assertThat(refused.reason().getMessage()).contains("belongs to cluster cluster"));
    }

    @Test
    void snapshotsBoundTheLogAndKeepTheState() {
        Controller controller = start("cluster", 500, 1_000);
        register(controller);
        for (int i = 0; i < 40; i++) {
            create(controller, "t" + i);
            loop.run();
        }
        MetadataImage before = publisher.image();
        assertThat(disk.paths()).anyMatch(each -> each.toString().endsWith(".snapshot"));
        restarted("cluster");
        assertThat(publisher.image().digest()).isEqualTo(before.digest());
        assertThat(publisher.image().endOffset()).isEqualTo(before.endOffset());
    }

    @Test
    void closingFailsWhatWaitsAndClosesTheLog() {
        Controller controller = started();
        List<ControllerAnswer<List<TopicOutcome>>> answers = create(controller, "a");
        List<String> closed = new ArrayList<>();
        loop.runOne();
        controller.close(() -> closed.add("closed"));
        loop.run();
        assertThat(answers)
                .singleElement()
                .isInstanceOfSatisfying(
                        ControllerAnswer.Failed.class,
                        failed -> assertThat(failed.error()).isEqualTo(ErrorCode.NOT_CONTROLLER));
        assertThat(closed).containsExactly("closed");
        assertThat(create(controller, "b")).isEmpty();
        loop.run();
        assertThat(controller.queuedCommands()).isZero();
    }
}
