package io.millrace.tools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.boot.Broker;
import io.millrace.broker.config.BrokerConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The verbs as people type them, in this process, against a broker in this process. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class VerbsIT {

    /** What a command printed and returned. */
    private record Ran(int exitCode, String out, String err) {}

    private Broker broker;
    private String server;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        Map<String, String> settings = Map.of(
                "log.dirs",
                folder.resolve("data").toString(),
                "listeners",
                "PLAINTEXT://localhost:0",
                "millrace.shards",
                "3",
                "num.partitions",
                "1");
        broker = Broker.start(BrokerConfig.parse(settings, true, 2), settings, message -> {});
        server = "localhost:" + broker.listeners().getFirst().advertisedPort();
    }

    @AfterAll
    void stop() {
        broker.close();
    }

    private Ran run(String input, String... arguments) {
        List<String> line = new ArrayList<>(List.of(arguments));
        line.add("--server");
        line.add(server);
        return runBare(input, new ByteArrayOutputStream(), line.toArray(String[]::new));
    }

    private static Ran runBare(String input, OutputStream stdout, String... arguments) {
        InputStream in = System.in;
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        try {
            System.setIn(new ByteArrayInputStream(input.getBytes(UTF_8)));
            System.setOut(new PrintStream(stdout));
            System.setErr(new PrintStream(errBytes));
            int exitCode = Millrace.run(arguments);
            System.out.flush();
            return new Ran(exitCode, stdout.toString(), errBytes.toString(UTF_8));
        } finally {
            System.setIn(in);
            System.setOut(out);
            System.setErr(err);
        }
    }

    /** Or the build says that no start cache was made, and goes on. */
    @Test
    void theTrainingOfTheStartCacheRunsItsVerbs() {
        Ran ran = runBare("", new ByteArrayOutputStream(), "train");

        assertThat(ran.exitCode()).as(ran.err()).isZero();
    }

    @Test
    void linesGoInAndComeOut() {
        Ran produced = run("hello\n\nlast without line feed", "produce", "greetings");
        assertThat(produced.exitCode()).isZero();
        assertThat(produced.out()).isEmpty();
        assertThat(produced.err()).startsWith("3 records acknowledged, sent to greetings in ");
        Ran consumed = run("", "consume", "greetings", "--from-beginning", "--max", "3");
        assertThat(consumed).isEqualTo(new Ran(0, "hello\n\nlast without line feed\n", ""));
    }

    @Test
    void keysAreSplitOffAndShownAgain() {
        assertThat(run("", "topic", "create", "keyed", "--partitions", "3").out())
                .isEqualTo("created topic keyed with 3 partitions, replication factor 1" + System.lineSeparator());
        String lines =
                IntStream.range(0, 300).mapToObj(i -> "k" + i % 7 + "::v:" + i).collect(Collectors.joining("\n"));
        assertThat(run(lines, "produce", "keyed", "--key-separator", "::", "--codec", "zstd")
                        .exitCode())
                .isZero();
        Ran all =
                run("", "consume", "keyed", "--from-beginning", "--max", "300", "--show-key", "--key-separator", "::");
        assertThat(all.out().lines())
                .containsExactlyInAnyOrderElementsOf(lines.lines().toList());
        Ran one = run("", "consume", "keyed", "--from-beginning", "--key", "k3", "--max", "3");
        assertThat(one.out()).isEqualTo("v:3\nv:10\nv:17\n");
    }

    @Test
    void aLineWithoutTheSeparatorIsNamed() {
        Ran ran = run("a=1\nno key here\n", "produce", "separated", "--key-separator", "=");
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("millrace: line 2 has no key separator '='");
    }

    @Test
    void partitionAndOffsetChooseTheStart() {
        run("", "topic", "create", "placed", "--partitions", "2");
        run("a\nb\nc\n", "produce", "placed", "--partition", "1");
        assertThat(run("", "consume", "placed", "--partition", "1", "--offset", "1", "--max", "2")
                        .out())
                .isEqualTo("b\nc\n");
        assertThat(run("", "consume", "placed", "--partition", "5", "--from-beginning")
                        .err())
                .contains("topic placed has no partition 5: it has 0 to 1");
        assertThat(run("x", "produce", "placed", "--partition", "5").err()).contains("no partition 5: it has 0 to 1");
    }

    @Test
    void aGroupGoesOnWhereItStopped() {
        run("", "topic", "create", "shared", "--partitions", "1");
        run("a\nb\nc\nd\n", "produce", "shared");
        assertThat(run("", "consume", "shared", "--group", "readers", "--max", "3"))
                .isEqualTo(new Ran(0, "a\nb\nc\n", ""));
        assertThat(run("", "consume", "shared", "--group", "readers", "--max", "1")
                        .out())
                .isEqualTo("d\n");
        run("e\n", "produce", "shared");
        assertThat(run("", "consume", "shared", "--group", "readers", "--partition", "0", "--max", "1")
                        .out())
                .isEqualTo("e\n");
        assertThat(run("", "consume", "shared", "--group", "readers", "--from", "earliest", "--max", "1")
                        .out())
                .isEqualTo("a\n");
        assertThat(run("", "consume", "shared", "--group", "readers", "--from", "committed", "--max", "1")
                        .out())
                .isEqualTo("b\n");
    }

    @Test
    void aReaderThatLeavesEndsTheCommandQuietly() {
        run("a\nb\n", "produce", "left");
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }

            @Override
            public String toString() {
                return "";
            }
        };
        Ran ran = runBare("", closed, "consume", "left", "--from-beginning", "--server", server);
        assertThat(ran).isEqualTo(new Ran(0, "", ""));
    }

    @Test
    void topicsAreListedDescribedAndDeleted() {
        run("", "topic", "create", "described", "--partitions", "2", "--config", "max.message.bytes=4096");
        assertThat(run("", "topic", "list").out()).containsPattern("described +2 partitions");
        Ran described = run("", "topic", "describe", "described");
        assertThat(described.out())
                .contains("topic described, 2 partitions, id ")
                .contains("config max.message.bytes=4096")
                .doesNotContain("inherited");
        assertThat(run("", "topic", "describe", "described", "--all-configs").out())
                .contains("(inherited)");
        assertThat(run("", "topic", "create", "described").err()).contains("TOPIC_ALREADY_EXISTS");
        assertThat(run("", "topic", "delete", "described").out()).startsWith("deleted topic described");
        assertThat(run("", "topic", "list").out()).doesNotContain("described");
    }

    @Test
    void aTopicIsConfiguredGrownAndTrimmed() {
        run("", "topic", "create", "changed", "--partitions", "2");
        assertThat(run("", "topic", "config", "changed", "--set", "retention.ms=5000000")
                        .out())
                .startsWith("configured topic changed");
        assertThat(run("", "topic", "describe", "changed").out()).contains("retention.ms=5000000");
        assertThat(run("", "topic", "config", "changed", "--unset", "retention.ms")
                        .exitCode())
                .isZero();
        assertThat(run("", "topic", "describe", "changed").out()).doesNotContain("retention.ms");
        assertThat(run("", "topic", "config", "changed", "--set", "retention.ms=soon")
                        .err())
                .contains("INVALID_CONFIG");
        assertThat(run("", "topic", "config", "changed").err()).contains("--set");
        assertThat(run("", "topic", "add-partitions", "changed", "--total", "5").out())
                .contains("5 partitions");
        assertThat(run("", "topic", "add-partitions", "changed", "--total", "5").err())
                .contains("INVALID_PARTITIONS");
        run("a\nb\nc\n", "produce", "changed", "--partition", "4");
        assertThat(run("", "topic", "trim", "changed", "--partition", "4", "--before", "2")
                        .out())
                .contains("starts at offset 2");
        assertThat(run("", "consume", "changed", "--partition", "4", "--from-beginning", "--max", "1")
                        .out())
                .startsWith("c");
        assertThat(run("", "topic", "trim", "changed", "--partition", "4", "--all")
                        .out())
                .contains("starts at offset 3");
        assertThat(run("", "topic", "trim", "changed", "--partition", "9", "--all")
                        .err())
                .contains("topic changed has no partition 9: it has 0 to 4");
    }

    @Test
    void anUnknownTopicNamesTheNearest() {
        run("", "topic", "create", "invoices");
        for (List<String> verb : List.of(
                List.of("topic", "describe", "invoice"),
                List.of("topic", "delete", "invoice"),
                List.of("consume", "invoice", "--from-beginning"))) {
            Ran ran = run("", verb.toArray(String[]::new));
            assertThat(ran.exitCode()).isEqualTo(1);
            assertThat(ran.err()).contains("millrace: there is no topic 'invoice'; did you mean 'invoices'?");
        }
    }

    @Test
    void mistakesInTheCommandLineAreUsageErrors() {
        List<List<String>> mistakes = List.of(
                List.of("produce"),
                List.of("produce", "t", "--codec", "brotli"),
                List.of("produce", "t", "--acks", "2"),
                List.of("produce", "t", "--key-separator", ""),
                List.of("consume", "t", "--from", "committed"),
                List.of("consume", "t", "--from", "latest", "--from-beginning"),
                List.of("consume", "t", "--offset", "3"),
                List.of("consume", "t", "--offset", "3", "--partition", "0", "--from-beginning"),
                List.of("consume", "t", "--max", "0"),
                List.of("topic"),
                List.of("topic", "create", "t", "--partitions", "0"),
                List.of("topic", "create", "t", "--config", "nonsense"),
                List.of("consume", "t", "--unknown"));
        for (List<String> mistake : mistakes) {
            Ran ran = runBare("", new ByteArrayOutputStream(), mistake.toArray(String[]::new));
            assertThat(ran.exitCode()).as("%s", mistake).isEqualTo(2);
            assertThat(ran.err()).as("%s", mistake).contains("millrace: ").contains("--help");
        }
        Ran address = runBare("", new ByteArrayOutputStream(), "topic", "list", "--server", "a:b:c");
        assertThat(address.exitCode()).isEqualTo(2);
        assertThat(address.err()).contains("--server: 'a:b:c' has more than one colon");
    }

    @Test
    void aBrokerThatIsNotThereIsNamedAtOnce() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        for (List<String> verb : List.of(List.of("topic", "list"), List.of("consume", "t"), List.of("produce", "t"))) {
            List<String> line = new ArrayList<>(verb);
            line.addAll(List.of("--server", "localhost:" + free));
            Ran ran = runBare("x\n", new ByteArrayOutputStream(), line.toArray(String[]::new));
            assertThat(ran.exitCode()).as("%s", verb).isEqualTo(1);
            assertThat(ran.err())
                    .as("%s", verb)
                    .contains(
                            "millrace: nothing listens on localhost:" + free + ": start a broker with ./millrace dev");
        }
    }

    @Test
    void helpShowsExamples() {
        for (String verb : List.of("produce", "consume", "topic", "group")) {
            Ran ran = runBare("", new ByteArrayOutputStream(), verb, "--help");
            assertThat(ran.exitCode()).isZero();
            assertThat(ran.out()).contains("Example").contains("millrace " + verb);
        }
    }
}
