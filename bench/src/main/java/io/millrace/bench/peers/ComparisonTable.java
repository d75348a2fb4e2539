package io.millrace.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Both peers side by side: medians, their ends, and the medians of the pairs' ratios. A pair is one round. */
final class ComparisonTable {

    private static final String MILLRACE = "millrace";
    private static final String KAFKA = "kafka";
    private static final double MAX_FLATNESS = 1.5;

    private final List<Measured> runs;

    ComparisonTable(List<Measured> runs) {
        this.runs = runs;
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append(
                "Medians (least..most) of the rounds; ratios are Millrace's through Kafka's, median of the pairs.\n\n");
        text.append("| row | Millrace MB/s | Kafka MB/s | ratio | Millrace CPU-s/GiB | Kafka CPU-s/GiB | CPU ratio "
                + "| Millrace p50 / p99 ms | Kafka p50 / p99 ms | generator CPU-s/GiB | goal |\n");
        text.append("|---|---|---|---|---|---|---|---|---|---|---|\n");
        List<Row> rows = Row.all().stream()
                .filter(row -> !of(row, MILLRACE, Measured::mbPerSecond).isEmpty()
                        || !of(row, KAFKA, Measured::mbPerSecond).isEmpty())
                .toList();
        rows.stream().filter(row -> row.kind() != Row.Kind.SYNC_PROOF).forEach(row -> text.append(line(row)));
        text.append('\n').append(durable(rows)).append(syncs(rows)).append(refusals());
        return text.toString();
    }

    private String line(Row row) {
        int decimals = row.rate() > 0 ? 2 : 0;
        Spread ratio = Spread.of(ratios(row, Measured::mbPerSecond));
        Spread cpuRatio = Spread.of(ratios(row, Measured::cpuSecondsPerGib));
        Spread cpu = spread(row, MILLRACE, Measured::cpuSecondsPerGib);
        Spread p99 = spread(row, MILLRACE, Measured::p99Ms);
        Goal.Reached reached = new Goal.Reached(
                ratio.median(),
                cpu.median(),
                cpuRatio.median(),
                p99.median(),
                Spread.of(ratios(row, Measured::p99Ms)).median(),
                spread(row, MILLRACE, Measured::diskRatio).median());
        return "| "
                + String.join(
                        " | ",
                        row.name(),
                        spread(row, MILLRACE, Measured::mbPerSecond).text(decimals),
                        spread(row, KAFKA, Measured::mbPerSecond).text(decimals),
                        ratio.text(2),
                        cpu.text(2),
                        spread(row, KAFKA, Measured::cpuSecondsPerGib).text(2),
                        cpuRatio.text(2),
                        spread(row, MILLRACE, Measured::p50Ms).middle(2) + " / " + p99.text(2),
                        spread(row, KAFKA, Measured::p50Ms).middle(2) + " / "
                                + spread(row, KAFKA, Measured::p99Ms).text(2),
                        row.rate() > 0
                                ? "-"
                                : spread(row, MILLRACE, Measured::clientCpuSecondsPerGib)
                                                .middle(2) + ", "
                                        + spread(row, KAFKA, Measured::clientCpuSecondsPerGib)
                                                .middle(2),
                        row.goal().verdict(reached))
                + " |\n";
    }

    /** Durable throughput: flat over the number of partitions, and beside what the disk takes alone. */
    private String durable(List<Row> rows) {
        List<Row> flat = rows.stream().filter(Row::mustBeFlat).toList();
        if (flat.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder("## Durable, as fast as it goes\n\n");
        text.append(
                "The disk alone: groups of the size that the journal's syncs had in the row, one after the other, into "
                        + "preallocated space, in the same round and folder.\n\n");
        text.append(
                "| row | KiB per sync | Millrace MB/s | disk MB/s | share of the disk (goal 0.4) |\n|---|---|---|---|---|\n");
        for (Row row : flat) {
            text.append("| "
                    + String.join(
                            " | ",
                            row.name(),
                            spread(row, MILLRACE, Measured::syncedKib).text(0),
                            spread(row, MILLRACE, Measured::mbPerSecond).text(0),
                            spread(row, MILLRACE, Measured::diskMbPerSecond).text(0),
                            spread(row, MILLRACE, Measured::diskRatio).text(2))
                    + " |\n");
        }
        text.append('\n').append(flatness(flat, MILLRACE)).append(flatness(flat, KAFKA));
        return text.append('\n').toString();
    }

    private String flatness(List<Row> rows, String peer) {
        Spread medians = Spread.of(rows.stream()
                .map(row -> spread(row, peer, Measured::mbPerSecond).median())
                .toList());
        if (!medians.isKnown() || rows.size() == 1) {
            return "";
        }
        double ratio = medians.most() / medians.least();
        return String.format(
                Locale.ROOT,
                "- %s: best through worst of %d numbers of partitions %.2f%s%n",
                peer,
                rows.size(),
                ratio,
                !peer.equals(MILLRACE) ? "" : ratio <= MAX_FLATNESS ? ", goal 1.5 met" : ", goal 1.5 MISSED");
    }

    private String syncs(List<Row> rows) {
        StringBuilder text = new StringBuilder();
        for (Row row : rows) {
            if (row.kind() == Row.Kind.SYNC_PROOF) {
                text.append("## Syncs, counted by strace while the load ran\n\n");
                text.append(
                        "| peer | syncs of journal and segments | of other files | acks per sync of the journal | failed syncs or acks |\n|---|---|---|---|---|\n");
                for (String peer : List.of(MILLRACE, KAFKA)) {
                    text.append("| "
                            + String.join(
                                    " | ",
                                    peer + (peer.equals(KAFKA) ? ", stock" : ", synced"),
                                    spread(row, peer, Measured::syncs).text(0),
                                    spread(row, peer, Measured::otherSyncs).text(0),
                                    spread(row, peer, Measured::acksPerSync).text(1),
                                    spread(row, peer, Measured::errors).text(0))
                            + " |\n");
                }
                text.append('\n');
            }
        }
        return text.toString();
    }

    private String refusals() {
        StringBuilder text = new StringBuilder("Refused requests and failed syncs in all rows:");
        for (String peer : List.of(MILLRACE, KAFKA)) {
            double errors = runs.stream()
                    .filter(run -> run.peer().equals(peer))
                    .mapToDouble(Measured::errors)
                    .sum();
            text.append(String.format(Locale.ROOT, " %s %.0f", peer, errors));
        }
        return text.append(".\n").toString();
    }

    private Spread spread(Row row, String peer, ToDoubleFunction<Measured> figure) {
        return Spread.of(of(row, peer, figure));
    }

    private List<Double> of(Row row, String peer, ToDoubleFunction<Measured> figure) {
        return runs.stream()
                .filter(run -> run.row().equals(row.name()) && run.peer().equals(peer))
                .map(figure::applyAsDouble)
                .toList();
    }

    private List<Double> ratios(Row row, ToDoubleFunction<Measured> figure) {
        List<Double> ratios = new ArrayList<>();
        for (Measured ours : runs) {
            for (Measured theirs : runs) {
                boolean pair = ours.row().equals(row.name())
                        && theirs.row().equals(row.name())
                        && ours.peer().equals(MILLRACE)
                        && theirs.peer().equals(KAFKA)
                        && ours.round() == theirs.round();
                if (pair) {
                    ratios.add(figure.applyAsDouble(ours) / figure.applyAsDouble(theirs));
                }
            }
        }
        return ratios;
    }
}
