package io.millrace.bench.peers;

import io.millrace.bench.probe.DiskProbe;
import io.millrace.bench.probe.FloorProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Runs the rows on both brokers, A B A B, and writes a table and the raw figures.
 * {@code PeerComparison REPOSITORY KAFKA_CLASS_PATH WORK_FOLDER OUTPUT_FOLDER [options]}, see {@link ComparisonOptions}.
 */
public final class PeerComparison {

    private static final int SETTLE_MS = 3_000;

    private final String java = ProcessHandle.current().info().command().orElse("java");
    private final List<Measured> measured = new ArrayList<>();
    private final StringBuilder disks = new StringBuilder();
    /** Seconds to the open port, MiB idle and MiB after the load, by peer. */
    private final Map<String, List<Double>> processes = new LinkedHashMap<>();

    private final ComparisonOptions options;
    private final TheirClients theirClients;

    private PeerComparison(ComparisonOptions options, String kafkaClassPath) {
        this.options = options;
        this.theirClients = new TheirClients(java, kafkaClassPath);
    }

    public static void main(String[] arguments) throws Exception {
        new PeerComparison(ComparisonOptions.parse(arguments, 4), arguments[1])
                .run(Path.of(arguments[0]), arguments[1], Path.of(arguments[2]), Path.of(arguments[3]));
    }

    private void run(Path repository, String kafkaClassPath, Path work, Path output)
            throws IOException, InterruptedException {
        List<Peer> peers = new ArrayList<>(List.of(new MillracePeer(repository), new KafkaPeer(java, kafkaClassPath)));
        peers.removeIf(peer -> !options.wants(peer));
        for (Peer peer : peers) {
            Path folder = work.resolve(peer.name());
            Files.createDirectories(folder);
            peer.prepare(folder);
        }
        String floor = FloorProbe.measure(work);
        System.out.println(floor);
        for (int round = 1; round <= options.rounds(); round++) {
            Quiet.emptyPageCache();
            DiskProbe disk = DiskProbe.measure(work);
            String line = "- round " + round + ": " + disk + "\n";
            System.out.print(line);
            disks.append(line);
            for (Peer peer : peers) {
                measureRound(peer, work.resolve(peer.name()), disk, round);
                Quiet.emptyPageCache();
            }
        }
        String notes = notes(floor);
        if (options.keeps()) {
            new KeptComparison(output).replace(options.rows().pattern(), measured, notes);
        }
        System.out.println(new ComparisonTable(measured).markdown() + "\n" + notes);
    }

    private String notes(String floor) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%d rounds of fresh brokers, heated for %d s; each row %d s after %d s of the same load that do not count.%n%n%s.%n%n",
                options.rounds(),
                options.heatSeconds(),
                options.seconds(),
                options.warmupSeconds(),
                floor));
        processes.forEach((what, values) -> text.append("- ")
                .append(what)
                .append(' ')
                .append(Spread.of(values).text(2))
                .append('\n'));
        return text.append(
                        "\nThe disk alone, write and fdatasync into preallocated space, at each round's head (p50 / p99):\n\n")
                .append(disks)
                .toString();
    }

    private void measureRound(Peer peer, Path folder, DiskProbe disk, int round)
            throws IOException, InterruptedException {
        try (RunningPeer broker = RunningPeer.start(peer, folder)) {
            Thread.sleep(SETTLE_MS);
            note(peer, "port open, s after exec:", broker.startSeconds());
            note(peer, "resident idle, MiB:", broker.residentMiB());
            RowRun run = new RowRun(java, theirClients, options, peer, broker, disk, folder, round);
            List<Row> rows = Row.all().stream().filter(options::wants).toList();
            run.heat(rows.getFirst());
            for (Row row : rows) {
                Measured one = run.measure(row);
                System.out.println(one.csv());
                measured.add(one);
            }
            note(peer, "resident after the load, MiB:", broker.residentMiB());
        }
    }

    private void note(Peer peer, String what, double value) {
        processes
                .computeIfAbsent(peer.name() + ", " + what, _ -> new ArrayList<>())
                .add(value);
    }
}
