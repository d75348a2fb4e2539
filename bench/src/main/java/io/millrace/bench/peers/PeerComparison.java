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
 * {@code PeerComparison REPOSITORY KAFKA_CLASS_PATH WORK_FOLDER OUTPUT_FOLDER ROUNDS SECONDS}
 */
public final class PeerComparison {

    private static final double BYTES_PER_GIB = 1L << 30;

    private final String java = ProcessHandle.current().info().command().orElse("java");
    private final List<Measured> measured = new ArrayList<>();
    private final StringBuilder starts = new StringBuilder();

    private PeerComparison() {}

    public static void main(String[] arguments) throws Exception {
        new PeerComparison()
                .run(
                        Path.of(arguments[0]),
                        arguments[1],
                        Path.of(arguments[2]),
                        Path.of(arguments[3]),
                        Integer.parseInt(arguments[4]),
                        Integer.parseInt(arguments[5]));
    }

    private void run(Path repository, String kafkaClassPath, Path work, Path output, int rounds, int seconds)
            throws IOException, InterruptedException {
        List<Peer> peers = List.of(new MillracePeer(repository), new KafkaPeer(java, kafkaClassPath));
        for (Peer peer : peers) {
            Path folder = work.resolve(peer.name());
            Files.createDirectories(folder);
            peer.prepare(folder);
        }
        for (int round = 0; round <= rounds; round++) {
            // Round 0 warms file system and page cache of both and is not counted.
            for (Peer peer : peers) {
                measureRound(peer, work.resolve(peer.name()), round, round == 0 ? 3 : seconds);
            }
        }
        Files.createDirectories(output);
        Files.write(output.resolve("peers.csv"), csvLines());
        Files.writeString(output.resolve("peers.md"), new ComparisonTable(measured).markdown() + starts);
        System.out.println(Files.readString(output.resolve("peers.md")));
    }

    private List<String> csvLines() {
        List<String> lines = new ArrayList<>();
        lines.add(Measured.CSV_HEADER);
        measured.forEach(run -> lines.add(run.csv()));
        return lines;
    }

    private void measureRound(Peer peer, Path folder, int round, int seconds) throws IOException, InterruptedException {
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
                Measured run = measure(peer, broker, row, round, seconds);
                System.out.println(run.csv());
                if (round > 0) {
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

    private Measured measure(Peer peer, RunningPeer broker, Row row, int round, int seconds)
            throws IOException, InterruptedException {
        String topic = "r" + round + "-" + row.name().replaceAll("[^A-Za-z0-9]+", "-");
        Map<String, String> configs = peer instanceof KafkaPeer ? row.kafkaTopicConfigs() : Map.of();
        TopicCreation.create(broker.bootstrap(), topic, row.partitions(), configs);
        double before = broker.cpuSeconds();
        Map<String, Double> figures = LoadProcess.run(
                java, ProduceLoad.class.getName(), row.produceArguments(broker.bootstrap(), topic, seconds));
        if (row.fetch()) {
            before = broker.cpuSeconds();
            Map<String, Double> read = LoadProcess.run(
                    java,
                    FetchLoad.class.getName(),
                    List.of(
                            "--bootstrap", broker.bootstrap(),
                            "--topic", topic,
                            "--partitions", Integer.toString(row.partitions())));
            figures = Map.of(
                    "mb_per_s",
                    read.getOrDefault("mb_per_s", Double.NaN),
                    "bytes",
                    read.getOrDefault("bytes", Double.NaN));
        }
        double cpu = broker.cpuSeconds() - before;
        TopicCreation.delete(broker.bootstrap(), topic);
        return new Measured(
                row.name(),
                peer.name(),
                round,
                figures.getOrDefault("mb_per_s", Double.NaN),
                cpu / (figures.getOrDefault("bytes", Double.NaN) / BYTES_PER_GIB),
                figures.getOrDefault("p50_ms", 0.0),
                figures.getOrDefault("p99_ms", 0.0),
                figures.getOrDefault("errors", 0.0));
    }
}
