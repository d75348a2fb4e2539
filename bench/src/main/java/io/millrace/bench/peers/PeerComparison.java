package io.millrace.bench.peers;

import io.millrace.bench.load.FetchLoad;
import io.millrace.bench.load.ProduceLoad;
import io.millrace.bench.load.TopicCreation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Runs every core row on both brokers, A B A B, and writes a table and the raw figures.
 * {@code PeerComparison REPOSITORY KAFKA_CLASS_PATH WORK_FOLDER OUTPUT_FOLDER [options]}, see {@link ComparisonOptions}.
 */
public final class PeerComparison {

    private static final double BYTES_PER_GIB = 1L << 30;

    private final String java = ProcessHandle.current().info().command().orElse("java");
    private final List<Measured> measured = new ArrayList<>();
    private final StringBuilder starts = new StringBuilder();

    private final ComparisonOptions options;

    private PeerComparison(ComparisonOptions options) {
        this.options = options;
    }

    public static void main(String[] arguments) throws Exception {
        new PeerComparison(ComparisonOptions.parse(arguments, 4))
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
        for (int round = 1; round <= options.rounds(); round++) {
            for (Peer peer : peers) {
                measureRound(peer, work.resolve(peer.name()), round);
            }
        }
        String table = String.format(
                        Locale.ROOT,
                        "Medians of %d rounds; each row %d s after %d s of the same load that do not count.%n%n",
                        options.rounds(),
                        options.seconds(),
                        options.warmupSeconds())
                + new ComparisonTable(measured).markdown()
                + starts;
        if (options.complete()) {
            Files.createDirectories(output);
            Files.write(output.resolve("peers.csv"), csvLines());
            Files.writeString(output.resolve("peers.md"), table);
        }
        System.out.println(table);
    }

    private List<String> csvLines() {
        List<String> lines = new ArrayList<>();
        lines.add(Measured.CSV_HEADER);
        measured.forEach(run -> lines.add(run.csv()));
        return lines;
    }

    private void measureRound(Peer peer, Path folder, int round) throws IOException, InterruptedException {
        try (RunningPeer broker = RunningPeer.start(peer, folder)) {
            Thread.sleep(3_000);
            String line = String.format(
                    Locale.ROOT,
                    "- round %d, %s: port open %.2f s after exec, %.0f MiB resident idle%n",
                    round,
                    peer.name(),
                    broker.startSeconds(),
                    broker.residentMiB());
            starts.append(line);
            System.out.print(line);
            for (Row row : Row.core()) {
                if (options.wants(row)) {
                    Measured run = measure(peer, broker, row, round);
                    System.out.println(run.csv());
                    measured.add(run);
                }
            }
            starts.append(String.format(
                    Locale.ROOT,
                    "- round %d, %s: %.0f MiB resident after the load%n",
                    round,
                    peer.name(),
                    broker.residentMiB()));
        }
    }

    private Measured measure(Peer peer, RunningPeer broker, Row row, int round)
            throws IOException, InterruptedException {
        String topic = "r" + round + "-" + row.name().replaceAll("[^A-Za-z0-9]+", "-");
        Map<String, String> configs = peer instanceof KafkaPeer ? row.kafkaTopicConfigs() : Map.of();
        TopicCreation.create(broker.bootstrap(), topic, row.partitions(), configs);
        List<String> cpu = List.of("--cpu-of", Long.toString(broker.pid()));
        List<String> produce = row.produceArguments(
                broker.bootstrap(), topic, row.fetch() ? 0 : options.warmupSeconds(), options.seconds());
        produce.addAll(cpu);
        Map<String, Double> figures = LoadProcess.run(java, ProduceLoad.class.getName(), produce);
        if (row.fetch()) {
            List<String> fetch = new ArrayList<>(List.of(
                    "--bootstrap",
                    broker.bootstrap(),
                    "--topic",
                    topic,
                    "--partitions",
                    Integer.toString(row.partitions()),
                    "--warmup-rounds",
                    options.warmupSeconds() == 0 ? "0" : "2",
                    "--rounds",
                    "3"));
            fetch.addAll(cpu);
            figures = LoadProcess.run(java, FetchLoad.class.getName(), fetch);
        }
        TopicCreation.delete(broker.bootstrap(), topic);
        return new Measured(
                row.name(),
                peer.name(),
                round,
                figures.getOrDefault("mb_per_s", Double.NaN),
                figures.getOrDefault("cpu_s", Double.NaN) / (figures.getOrDefault("bytes", Double.NaN) / BYTES_PER_GIB),
                figures.getOrDefault("p50_ms", 0.0),
                figures.getOrDefault("p99_ms", 0.0),
                figures.getOrDefault("errors", 0.0));
    }
}
