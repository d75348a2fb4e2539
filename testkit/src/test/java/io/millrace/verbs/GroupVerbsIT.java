package io.millrace.verbs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.testkit.TestBroker;
import io.millrace.verbs.CommandLines.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace group} on groups of Kafka's own consumers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class GroupVerbsIT {

    /** Timestamps of the records: an hour apart. */
    private static final long FIRST_MS = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

    private final TestBroker broker = TestBroker.start("group.initial.rebalance.delay.ms", "0");
    private final CommandLines millrace = new CommandLines("--server", broker.bootstrap());

    @AfterAll
    void stop() {
        broker.close();
        assertThat(broker.fatal()).isEmpty();
    }

    /** A topic of two partitions with ten records each, an hour apart. */
    @SuppressWarnings("FutureReturnValueIgnored") // close() waits for all of them
    private void fill(String topic) throws Exception {
        // The records are old on purpose; retention must not take them.
        millrace.succeed("topic", "create", topic, "--partitions", "2", "--config", "retention.ms=-1");
        Map<String, Object> config = Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap());
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 20; i++) {
                producer.send(new ProducerRecord<>(topic, i % 2, FIRST_MS + i / 2 * 3_600_000L, "k" + i, "v" + i))
                        .get();
            }
        }
    }

    private KafkaConsumer<String, String> consumer(String group, String clientId) {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap());
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    /** A group without members that has committed this much of both partitions. */
    private void commit(String group, String topic, long first, long second) {
        try (KafkaConsumer<String, String> consumer = consumer(group, "committer")) {
            consumer.commitSync(Map.of(
                    new TopicPartition(topic, 0), new OffsetAndMetadata(first),
                    new TopicPartition(topic, 1), new OffsetAndMetadata(second, "half")));
        }
    }

    private List<Long> offsets(String group) {
        List<Long> offsets = new ArrayList<>();
        millrace.succeed("group", "describe", group, "-O", "json")
                .json()
                .path(0)
                .path("partitions")
                .forEach(each -> offsets.add(each.path("committedOffset").longValue()));
        return offsets;
    }

    private static List<Long> targets(Ran reset) {
        List<Long> targets = new ArrayList<>();
        reset.json()
                .path("partitions")
                .forEach(each -> targets.add(each.path("toOffset").longValue()));
        return targets;
    }

    @Test
    void groupsAreListedByStateAndType() throws Exception {
        fill("listed");
        commit("listed-empty", "listed", 1, 1);
        try (KafkaConsumer<String, String> member = joined("listed-live", "live", "listed")) {
            Ran all = millrace.succeed("group", "list");
            assertThat(all.out().lines())
                    .contains("GROUP\tSTATE\tTYPE\tPROTOCOL")
                    .contains("listed-live\tStable\tclassic\tconsumer")
                    .anyMatch(line -> line.startsWith("listed-empty\tEmpty\tclassic\t"));
            Ran stable = millrace.succeed("group", "list", "--state", "stable", "--type", "classic", "-O", "json");
            assertThat(stable.json()).anySatisfy(group -> {
                assertThat(group.path("group").textValue()).isEqualTo("listed-live");
                assertThat(group.path("protocolType").textValue()).isEqualTo("consumer");
            });
            assertThat(stable.json())
                    .allMatch(group -> group.path("state").textValue().equals("Stable"));
            assertThat(millrace.succeed("group", "list", "--type", "share", "-O", "json")
                            .json())
                    .isEmpty();
            assertThat(member.assignment()).hasSize(2);
        }
        Ran wrong = millrace.run("group", "list", "--state", "Stabel");
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("--state: 'Stabel' is none of Empty, ");
    }

    private KafkaConsumer<String, String> joined(String group, String clientId, String topic) {
        KafkaConsumer<String, String> member = consumer(group, clientId);
        member.subscribe(Set.of(topic));
        while (member.assignment().isEmpty()) {
            member.poll(Duration.ofMillis(50));
        }
        return member;
    }

    @Test
    void aGroupIsDescribedWithMembersAndLag() throws Exception {
        fill("described");
        commit("described", "described", 4, 10);
        try (KafkaConsumer<String, String> member = joined("described", "app-1", "described")) {
            assertThat(member.assignment()).hasSize(2);
            Ran plain = millrace.succeed("group", "describe", "described");
            assertThat(plain.out())
                    .startsWith("group described, Stable, protocol consumer range, coordinator ")
                    .containsPattern("app-1-[-0-9a-f]+\t-\tapp-1\t127\\.0\\.0\\.1\tdescribed:0,1")
                    .containsPattern("described\t0\t4\t10\t6\tapp-1\tapp-1-")
                    .containsPattern("described\t1\t10\t10\t0\tapp-1\tapp-1-");
            JsonNode group = millrace.succeed("group", "describe", "described", "-O", "json")
                    .json()
                    .path(0);
            assertThat(group.path("coordinator").path("port").intValue()).isPositive();
            assertThat(group.path("members")).hasSize(1);
            assertThat(group.path("members").path(0).path("assignment")).hasSize(2);
            JsonNode second = group.path("partitions").path(1);
            assertThat(second.path("metadata").textValue()).isEqualTo("half");
            assertThat(second.path("lag").longValue()).isZero();
            assertThat(second.path("memberId").textValue()).startsWith("app-1-");
        }
        Ran missing = millrace.run("group", "describe", "descibed");
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("millrace: there is no group 'descibed'; did you mean 'described'?");
    }

    @Test
    void lagIsSummedByTopicAndFailsOverALimit() throws Exception {
        fill("lagging");
        commit("lagging", "lagging", 4, 9);
        Ran plain = millrace.succeed("group", "lag", "lagging");
        assertThat(plain.out().lines())
                .containsExactly("GROUP\tTOPIC\tPARTITIONS\tLAG\tWORST", "lagging\tlagging\t2\t7\t6");
        JsonNode line = millrace.succeed("group", "lag", "lagging", "--seconds", "-O", "json")
                .json()
                .path(0);
        assertThat(line.path("lag").longValue()).isEqualTo(7);
        assertThat(line.path("maxPartitionLag").longValue()).isEqualTo(6);
        long age = Duration.between(Instant.ofEpochMilli(FIRST_MS + 4 * 3_600_000L), Instant.now())
                .toSeconds();
        assertThat(line.path("lagSeconds").longValue()).isBetween(age - 60, age + 60);
        assertThat(millrace.succeed("group", "lag", "lagging", "--fail-over", "7")
                        .err())
                .isEmpty();
        Ran over = millrace.run("group", "lag", "lagging", "--fail-over", "6");
        assertThat(over.exitCode()).isEqualTo(3);
        assertThat(over.err()).contains("group lagging is 7 records behind in lagging, more than 6");
        assertThat(millrace.succeed("group", "lag").out()).contains("lagging\tlagging\t2\t7\t6");
        assertThat(millrace.run("group", "lag", "laggin").err()).contains("did you mean 'lagging'?");
    }

    @Test
    void aGroupOfATopicThatIsGoneIsStillShown() throws Exception {
        fill("going");
        fill("staying");
        commit("widow", "going", 1, 1);
        commit("widow", "staying", 4, 9);
        millrace.succeed("topic", "delete", "going");
        assertThat(millrace.succeed("group", "describe", "widow").out()).contains("staying\t0\t4\t10\t6");
        assertThat(millrace.succeed("group", "lag", "widow").out()).contains("widow\tstaying\t2\t7\t6");
    }

    @Test
    void resetShowsFirstAndMovesOnlyWhenTold() throws Exception {
        fill("moved");
        commit("moved", "moved", 4, 9);
        Ran dry = millrace.succeed("group", "reset", "moved", "--topic", "moved", "--to-earliest");
        assertThat(dry.out().lines())
                .containsExactly("TOPIC\tPARTITION\tFROM\tTO\tNOTE", "moved\t0\t4\t0\t-", "moved\t1\t9\t0\t-");
        assertThat(dry.err()).contains("nothing was moved: add --execute to do it");
        assertThat(offsets("moved")).containsExactly(4L, 9L);
        Ran done = millrace.succeed("group", "reset", "moved", "--topic", "moved:1", "--to-earliest", "--execute");
        assertThat(done.err()).contains("moved group moved in 1 partition");
        assertThat(offsets("moved")).containsExactly(4L, 0L);
    }

    @Test
    void everyTargetIsUnderstoodAndClamped(@TempDir Path folder) throws Exception {
        fill("aimed");
        millrace.succeed("topic", "trim", "aimed", "--partition", "1", "--before", "2");
        commit("aimed", "aimed", 4, 9);
        Path file = Files.writeString(folder.resolve("offsets.csv"), "\"aimed\",0,3\n\naimed,1,1\n");
        Map<List<String>, List<Long>> cases = new HashMap<>();
        cases.put(List.of("--all-topics", "--to-earliest"), List.of(0L, 2L));
        cases.put(List.of("--all-topics", "--to-latest"), List.of(10L, 10L));
        cases.put(List.of("--all-topics", "--to-current"), List.of(4L, 9L));
        cases.put(List.of("--all-topics", "--to-offset", "1"), List.of(1L, 2L));
        cases.put(List.of("--all-topics", "--to-offset", "99"), List.of(10L, 10L));
        cases.put(List.of("--all-topics", "--shift-by", "2"), List.of(6L, 10L));
        cases.put(List.of("--all-topics", "--shift-by=-8"), List.of(0L, 2L));
        cases.put(List.of("--all-topics", "--shift-by=" + Long.MIN_VALUE), List.of(0L, 2L));
        cases.put(List.of("--all-topics", "--to-datetime", "2026-01-01T03:30:00"), List.of(4L, 4L));
        cases.put(List.of("--all-topics", "--to-datetime", "2026-01-01T04:30:00+01:00"), List.of(4L, 4L));
        cases.put(List.of("--all-topics", "--to-datetime", "2099-01-01"), List.of(10L, 10L));
        cases.put(List.of("--all-topics", "--by-duration", "PT0S"), List.of(10L, 10L));
        cases.put(List.of("--all-topics", "--by-duration", "P36500D"), List.of(0L, 2L));
        cases.put(List.of("--from-file", file.toString()), List.of(3L, 2L));
        for (Map.Entry<List<String>, List<Long>> each : cases.entrySet()) {
            List<String> line = new ArrayList<>(List.of("group", "reset", "aimed", "-O", "json"));
            line.addAll(each.getKey());
            Ran ran = millrace.succeed(line.toArray(String[]::new));
            assertThat(targets(ran)).as("%s", each.getKey()).isEqualTo(each.getValue());
            assertThat(ran.json().path("executed").booleanValue()).isFalse();
        }
        assertThat(millrace.succeed("group", "reset", "aimed", "--topic", "aimed", "--to-offset", "99")
                        .out())
                .contains("aimed\t0\t4\t10\tclamped: 99 is past the log's end");
        assertThat(offsets("aimed")).containsExactly(4L, 9L);
    }

    @Test
    void resetRefusesAGroupThatIsInUseAndMakesOneThatIsNot() throws Exception {
        fill("used");
        try (KafkaConsumer<String, String> member = joined("used", "worker", "used")) {
            assertThat(member.assignment()).hasSize(2);
            Ran refused = millrace.run("group", "reset", "used", "--topic", "used", "--to-latest", "--execute");
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err())
                    .contains("group used is in use by 1 member (worker at 127.0.0.1)")
                    .contains("stop them, then reset; nothing was moved");
            assertThat(millrace.succeed("group", "reset", "used", "--topic", "used", "--to-latest")
                            .err())
                    .contains("--execute will be refused until they are stopped");
        }
        Ran made = millrace.succeed("group", "reset", "fresh", "--topic", "used", "--to-latest", "--execute");
        assertThat(made.err()).contains("there is no group 'fresh' yet");
        assertThat(offsets("fresh")).containsExactly(10L, 10L);
    }

    @Test
    void resetSaysWhatIsWrongWithTheLine(@TempDir Path folder) throws IOException {
        Path wrong = Files.writeString(folder.resolve("wrong.csv"), "orders;0;3\n");
        Map<List<String>, String> mistakes = Map.of(
                List.of("--to-latest"), "say which partitions",
                List.of("--to-latest", "--to-earliest", "--all-topics"), "mutually exclusive",
                List.of("--all-topics"), "--to-earliest",
                List.of("--to-latest", "--all-topics", "--topic", "t"), "exclude each other",
                List.of("--to-datetime", "yesterday", "--all-topics"), "'yesterday' is no ISO-8601 time",
                List.of("--by-duration", "1h", "--all-topics"), "'1h' is no ISO-8601 duration",
                List.of("--to-offset", "-3", "--all-topics"), "-3 is negative",
                List.of("--to-latest", "--topic", "t:x"), "partition numbers separated by commas");
        mistakes.forEach((line, expected) -> {
            List<String> arguments = new ArrayList<>(List.of("group", "reset", "any"));
            arguments.addAll(line);
            Ran ran = millrace.run(arguments.toArray(String[]::new));
            assertThat(ran.exitCode()).as("%s", line).isEqualTo(2);
            assertThat(ran.err()).as("%s", line).contains(expected);
        });
        Ran file = millrace.run("group", "reset", "any", "--from-file", wrong.toString());
        assertThat(file.exitCode()).isEqualTo(1);
        assertThat(file.err()).contains("wrong.csv line 1: not topic,partition,offset");
    }

    @Test
    void groupsAreDeletedByName() throws Exception {
        fill("dropped");
        commit("dropped-1", "dropped", 1, 1);
        commit("dropped-2", "dropped", 1, 1);
        try (KafkaConsumer<String, String> member = joined("dropped-live", "live", "dropped")) {
            assertThat(member.assignment()).hasSize(2);
            Ran ran = millrace.run("group", "delete", "dropped-1", "dropped-live", "droped-2");
            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(ran.out()).isEqualTo("deleted group dropped-1" + System.lineSeparator());
            assertThat(ran.err())
                    .contains("group dropped-live has members, so it is in use")
                    .contains("there is no group 'droped-2'; did you mean 'dropped-2'?");
        }
        assertThat(millrace.run("group", "delete").exitCode()).isEqualTo(2);
        assertThat(millrace.succeed("group", "delete", "dropped-2", "-O", "json")
                        .json()
                        .path(0)
                        .path("deleted")
                        .booleanValue())
                .isTrue();
        assertThat(millrace.succeed("group", "list").out()).doesNotContain("dropped-1", "dropped-2");
    }

    @Test
    void topicsPrintJsonToo() throws Exception {
        fill("shown");
        assertThat(millrace.succeed("topic", "list", "-O", "json").json()).anySatisfy(topic -> {
            assertThat(topic.path("topic").textValue()).isEqualTo("shown");
            assertThat(topic.path("partitions").intValue()).isEqualTo(2);
        });
        JsonNode set = millrace.succeed("topic", "config", "shown", "--set", "retention.ms=-1", "-O", "json")
                .json();
        assertThat(set.path("set").path("retention.ms").textValue()).isEqualTo("-1");
        JsonNode topic =
                millrace.succeed("topic", "describe", "shown", "-O", "json").json();
        assertThat(topic.path("id").textValue()).isNotBlank();
        assertThat(topic.path("partitions").path(1).path("endOffset").longValue())
                .isEqualTo(10);
        assertThat(topic.path("partitions").path(1).path("replicas")).hasSize(1);
        assertThat(topic.path("configs")).hasSize(1);
        assertThat(topic.path("configs").path(0).path("inherited").booleanValue())
                .isFalse();
    }
}
