package io.millrace.bench.peers;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Medians of all rounds, both peers side by side. */
final class ComparisonTable {

    private final List<Measured> runs;

    ComparisonTable(List<Measured> runs) {
        this.runs = runs;
    }

    String markdown() {
        StringBuilder table = new StringBuilder();
        table.append(
                "| row | Millrace MB/s | Kafka MB/s | Millrace CPU-s/GiB | Kafka CPU-s/GiB | Millrace p50 / p99 ms | Kafka p50 / p99 ms |\n");
        table.append("|---|---|---|---|---|---|---|\n");
        Set<String> rows = new LinkedHashSet<>();
        runs.forEach(run -> rows.add(run.row()));
        for (String row : rows) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.0f | %.0f | %.2f | %.2f | %.2f / %.2f | %.2f / %.2f |%n",
                    row,
                    median(row, "millrace", Measured::mbPerSecond),
                    median(row, "kafka", Measured::mbPerSecond),
                    median(row, "millrace", Measured::cpuSecondsPerGib),
                    median(row, "kafka", Measured::cpuSecondsPerGib),
                    median(row, "millrace", Measured::p50Ms),
                    median(row, "millrace", Measured::p99Ms),
                    median(row, "kafka", Measured::p50Ms),
                    median(row, "kafka", Measured::p99Ms)));
        }
        return table.append('\n').toString();
    }

    private double median(String row, String peer, ToDoubleFunction<Measured> figure) {
        List<Double> values = new ArrayList<>();
        for (Measured run : runs) {
            if (run.row().equals(row) && run.peer().equals(peer)) {
                values.add(figure.applyAsDouble(run));
            }
        }
        values.sort(null);
        return values.isEmpty() ? Double.NaN : values.get(values.size() / 2);
    }
}
