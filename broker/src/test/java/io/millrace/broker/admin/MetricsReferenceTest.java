package io.millrace.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.fixture.Scrape;
import io.millrace.broker.metrics.Gathering;
import io.millrace.broker.metrics.Meter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keeps docs/reference/metrics.md what the registry says; {@code -Dmillrace.reference.write=true} writes it. */
class MetricsReferenceTest {

    private static final Path PAGE = Path.of("..", "docs", "reference", "metrics.md");

    private static final String INTRODUCTION = """
            # Metrics

            Generated from the one table in code (`Meter`) and from the registry; a test keeps it fresh, another one scrapes a running broker
            and finds exactly these. `GET /metrics` on the admin port answers them in Prometheus' text form.

            - Counters run from the start of the process, `jvm_gc_*` from the first scrape, which makes the registry and takes a few hundred
              milliseconds; later ones take a few. A scrape posts one task to each event loop; between two scrapes nothing runs.
            - Series appear with the first request, topic or group that they are about, and go with the topic or group.
            - Series per topic are limited by `millrace.metrics.max.topics`; the topics beyond it share the label `(other)`, a name that no topic
              can have. Per partition: `millrace.metrics.max.partitions`; lag: `millrace.metrics.max.lags`. See [config](config.md).
            - A histogram `x` has the series `x_bucket`, `x_count` and `x_sum`: its rate of requests or syncs is that of `x_count`.

            ## The broker

            | metric | type | labels | what |
            |---|---|---|---|
            """;

    private static final String PROCESS = """

            ## The process

            | metric | type | labels | what |
            |---|---|---|---|
            """;

    private static final String LATER = """

            After the first garbage collection that follows the first scrape also `jvm_gc_pause_seconds` (summary by `action`, `cause`,
            `gc`) and, with a concurrent collector, `jvm_gc_concurrent_phase_time_seconds`.
            """;

    @Test
    void isWhatTheRegistrySays() throws IOException {
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
        for (Meter meter : Meter.values()) {
            row(page, meter.metricName(), meter.kind(), meter.labels(), meter.help());
        }
        page.append(PROCESS);
        MetricsPage metrics = new MetricsPage(new Gathering());
        Scrape.parse(metrics.scrape()).families().values().stream()
                .filter(family -> !family.name().startsWith("millrace_")
                        && !family.name().startsWith("jvm_gc_pause")
                        && !family.name().startsWith("jvm_gc_concurrent"))
                .forEach(family -> row(page, family.name(), family.type(), family.labels(), family.help()));
        metrics.close();
        return page.append(LATER).toString();
    }

    private static void row(StringBuilder page, String name, String type, Collection<String> labels, String help) {
        page.append("| `").append(name).append("` | ").append(type).append(" | ");
        page.append(labels.stream().map(label -> "`" + label + "`").collect(Collectors.joining(", ")));
        page.append(" | ").append(help.replace("|", "\\|")).append(" |\n");
    }
}
