package io.millrace.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Keeps docs/reference/config.md what the tables say; {@code -Dmillrace.reference.write=true} writes it. */
class ConfigReferenceTest {

    private static final Path PAGE = Path.of("..", "docs", "reference", "config.md");

    private static final String INTRODUCTION = """
            # Configuration

            Generated from the tables in the code; a test keeps it fresh. Names are Kafka's where the meaning is Kafka's. Nothing is accepted
            and ignored: every configuration of Kafka 4.3 works, or takes only the value that says what the broker does anyway, or is
            refused with its reason, which stands here too.

            ## Topics

            Set at creation or at any time later, by `millrace topic config`, by Kafka's tools or by a client; a running partition obeys at
            once. Where a topic says nothing, its broker's synonym decides: set for this broker, else for all brokers, else when the broker was
            started.

            | key | default | takes | what | broker synonyms |
            |---|---|---|---|---|
            """;

    private static final String BROKERS = """

            ## Brokers

            *start*: given when the broker is started. *live*: also while it runs, for one broker or for all.

            | key | default | takes | when | what |
            |---|---|---|---|---|
            """;

    private static final String REFUSED = """

            ## Broker keys of Kafka that are refused

            A star stands for every key that begins like that, unless a longer beginning, or a key above, says otherwise.

            | key | reason |
            |---|---|
            """;

    @Test
    void isWhatTheTablesSay() throws IOException {
        String page = generate();
        if (Boolean.getBoolean("millrace.reference.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("write it with -Dmillrace.reference.write=true")
                .content()
                .isEqualTo(page);
    }

    private static String generate() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        for (ConfigKey<?> key : TopicKeys.TABLE.keys()) {
            row(page, "`" + key + "`", defaultOf(key), accepts(key), key.documentation(), synonyms(key));
        }
        page.append(BROKERS);
        for (ConfigKey<?> key : BrokerKeys.TABLE.keys()) {
            row(
                    page,
                    "`" + key + "`",
                    defaultOf(key),
                    accepts(key),
                    key.isLive() ? "live" : "start",
                    key.documentation());
        }
        page.append(REFUSED);
        Map<String, List<String>> byReason = new LinkedHashMap<>();
        BrokerKeys.TABLE
                .refusals()
                .reasons()
                .forEach((name, reason) -> byReason.computeIfAbsent(reason, ignored -> new ArrayList<>())
                        .add("`" + name + "`"));
        byReason.forEach((reason, names) -> row(page, String.join(", ", names), reason));
        return page.toString();
    }

    private static String defaultOf(ConfigKey<?> key) {
        String text = key.defaultText();
        return text == null ? "unset" : text.isEmpty() ? "empty" : "`" + text + "`";
    }

    private static String accepts(ConfigKey<?> key) {
        return key.accepts() + (key.unit().isEmpty() ? "" : ", " + key.unit());
    }

    private static String synonyms(ConfigKey<?> topic) {
        return String.join(
                ", ",
                LogKeys.synonyms().stream()
                        .filter(synonym -> synonym.topic().name().equals(topic.name()))
                        .map(synonym -> "`" + synonym.broker() + "`")
                        .toList());
    }

    private static void row(StringBuilder page, String... cells) {
        page.append('|');
        for (String cell : cells) {
            page.append(' ').append(cell.replace("|", "\\|")).append(" |");
        }
        page.append('\n');
    }
}
