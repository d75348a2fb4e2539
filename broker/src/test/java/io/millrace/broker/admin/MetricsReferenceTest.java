package io.millrace.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.network.connection.NetworkMetrics;
import io.millrace.network.http.HttpMetrics;
import io.millrace.network.loop.ShardLoops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keeps docs/reference/metrics.md what the registry says; {@code -Dmillrace.reference.write=true} writes it. */
class MetricsReferenceTest {

    private static final Path PAGE = Path.of("..", "docs", "reference", "metrics.md");

    private static final String INTRODUCTION = """
            # Metrics

            Generated from the running registry; a test keeps it fresh. `GET /metrics` on the admin port answers these in Prometheus'
            text form. Counters run from the start of the process, `jvm_gc_*` from the first scrape, which makes the registry and takes a few
            hundred milliseconds; later ones take a few.

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
        try (ShardLoops loops = new ShardLoops(1)) {
            MetricsPage metrics = new MetricsPage(List.of(
                    new AdminMeters("", new BrokerHealth(), new HttpMetrics()),
                    new NetworkMeters(new NetworkMetrics(), loops)));
            StringBuilder page = new StringBuilder(INTRODUCTION);
            Scrape.parse(metrics.scrape()).families().values().stream()
                    .filter(family -> !family.name().startsWith("jvm_gc_pause")
                            && !family.name().startsWith("jvm_gc_concurrent"))
                    .forEach(family -> row(page, family));
            metrics.close();
            return page.append(LATER).toString();
        }
    }

    private static void row(StringBuilder page, Scrape.Family family) {
        page.append("| `")
                .append(family.name())
                .append("` | ")
                .append(family.type())
                .append(" | ");
        page.append(String.join(
                ", ", family.labels().stream().map(label -> "`" + label + "`").toList()));
        page.append(" | ").append(family.help().replace("|", "\\|")).append(" |\n");
    }
}
