package io.millrace.bench.peers;

import io.millrace.bench.load.FetchLoad;
import io.millrace.bench.load.LoadProcess;
import io.millrace.bench.load.ProduceLoad;
import io.millrace.bench.load.TopicCreation;
import io.millrace.bench.probe.DiskProbe;
import io.millrace.bench.probe.SyncTrace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs rows on one started broker. Owned by the main thread. */
final class RowRun {

    private static final double BYTES_PER_GIB = 1L << 30;
    private static final double BYTES_PER_KIB = 1024;
    /** Written for a consumer before it reads, per second that it is to be busy. */
    private static final long CONSUMED_BYTES_PER_SECOND = 250_000_000;

    private static final int FETCH_ROUNDS = 5;
    private static final int PREPARE_SECONDS = 300;

    private final String java;
    private final TheirClients theirClients;
    private final ComparisonOptions options;
    private final Peer peer;
    private final RunningPeer broker;
    private final DiskProbe disk;
    private final Path folder;
    private final int round;

    RowRun(
            String java,
            TheirClients theirClients,
            ComparisonOptions options,
            Peer peer,
            RunningPeer broker,
            DiskProbe disk,
            Path folder,
            int round) {
        this.java = java;
        this.theirClients = theirClients;
        this.options = options;
        this.peer = peer;
        this.broker = broker;
        this.disk = disk;
        this.folder = folder;
        this.round = round;
    }

    /** Has a fresh broker work before its first row counts, for as long as the options say. */
    void heat(Row row) throws IOException, InterruptedException {
        if (options.heatSeconds() == 0 || row.kind() != Row.Kind.PRODUCE) {
            return;
        }
        String topic = "r" + round + "-heat";
        TopicCreation.create(broker.bootstrap(), topic, row.partitions(), Map.of());
        load(row, topic, 0, options.heatSeconds(), 0);
        delete(topic);
    }

    /** And waits until that is done: it is not the next row's. */
    private void delete(String topic) throws IOException, InterruptedException {
        TopicCreation.delete(broker.bootstrap(), topic);
        Quiet.awaitIdle(broker.pid());
    }

    Measured measure(Row row) throws IOException, InterruptedException {
        String topic = "r" + round + "-" + row.name().replaceAll("[^A-Za-z0-9]+", "-");
        Map<String, String> configs = peer instanceof KafkaPeer ? row.kafkaTopicConfigs() : Map.of();
        TopicCreation.create(broker.bootstrap(), topic, row.partitions(), configs);
        JournalMeter before = peer.journal();
        Measured measured = switch (row.kind()) {
            case PRODUCE -> measured(row, load(row, topic, options.warmupSeconds(), options.seconds(), 0));
            case FETCH -> measured(row, fetch(row, topic));
            case SYNC_PROOF -> traced(row, topic);
            case THEIR_PRODUCER ->
                measured(row, theirClients.produce(row, broker, topic, options.seconds(), options.warmupSeconds()));
            case THEIR_CONSUMER -> {
                long records = prepare(row, topic);
                yield measured(row, theirClients.consume(row, broker, topic, records));
            }
        };
        double kibPerSync = peer.journal().kibPerSyncSince(before);
        delete(topic);
        return withDisk(measured, row.goal().diskRatio() > 0 ? kibPerSync : Double.NaN);
    }

    private Map<String, Double> load(Row row, String topic, int warmupSeconds, int seconds, long requests)
            throws IOException, InterruptedException {
        List<String> arguments = row.produceArguments(broker.bootstrap(), topic, broker.pid());
        arguments.addAll(List.of(
                "--warmup-seconds", Integer.toString(warmupSeconds),
                "--seconds", Integer.toString(seconds),
                "--requests", Long.toString(requests)));
        return LoadProcess.run(java, ProduceLoad.class.getName(), arguments);
    }

    /** The same bytes for both peers; how many records that are. */
    private long prepare(Row row, String topic) throws IOException, InterruptedException {
        long requests = CONSUMED_BYTES_PER_SECOND * options.seconds() / row.batchBytes();
        return load(row, topic, 0, PREPARE_SECONDS, requests)
                .getOrDefault("records", 0.0)
                .longValue();
    }

    private Map<String, Double> fetch(Row row, String topic) throws IOException, InterruptedException {
        prepare(row, topic);
        return LoadProcess.run(
                java,
                FetchLoad.class.getName(),
                List.of(
                        "--bootstrap",
                        broker.bootstrap(),
                        "--topic",
                        topic,
                        "--partitions",
                        Integer.toString(row.partitions()),
                        "--warmup-rounds",
                        options.warmupSeconds() == 0 ? "0" : "2",
                        "--rounds",
                        Integer.toString(FETCH_ROUNDS),
                        "--cpu-of",
                        Long.toString(broker.pid())));
    }

    private Measured traced(Row row, String topic) throws IOException, InterruptedException {
        Map<String, Double> figures;
        SyncTrace.Syncs syncs;
        try (SyncTrace trace = SyncTrace.attach(broker.pid(), folder.resolve("strace-" + round + ".txt"))) {
            figures = load(row, topic, 0, options.seconds(), 0);
            syncs = trace.detach(topic);
        }
        Measured plain = measured(row, figures);
        return new Measured(
                plain.row(),
                plain.peer(),
                plain.round(),
                plain.mbPerSecond(),
                plain.cpuSecondsPerGib(),
                plain.p50Ms(),
                plain.p99Ms(),
                plain.errors() + syncs.failed(),
                plain.clientCpuSecondsPerGib(),
                plain.syncedKib(),
                plain.diskMbPerSecond(),
                syncs.journal() + syncs.segments(),
                syncs.others(),
                syncs.journal() == 0 ? Double.NaN : figures.getOrDefault("requests", 0.0) / syncs.journal());
    }

    private Measured measured(Row row, Map<String, Double> figures) {
        double gib = figures.getOrDefault("bytes", Double.NaN) / BYTES_PER_GIB;
        return new Measured(
                row.name(),
                peer.name(),
                round,
                figures.getOrDefault("mb_per_s", Double.NaN),
                figures.getOrDefault("cpu_s", Double.NaN) / gib,
                figures.getOrDefault("p50_ms", Double.NaN),
                figures.getOrDefault("p99_ms", Double.NaN),
                figures.getOrDefault("errors", 0.0),
                figures.getOrDefault("client_cpu_s", Double.NaN) / gib,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN);
    }

    private Measured withDisk(Measured run, double kibPerSync) {
        return Double.isNaN(kibPerSync)
                ? run
                : new Measured(
                        run.row(),
                        run.peer(),
                        run.round(),
                        run.mbPerSecond(),
                        run.cpuSecondsPerGib(),
                        run.p50Ms(),
                        run.p99Ms(),
                        run.errors(),
                        run.clientCpuSecondsPerGib(),
                        kibPerSync,
                        disk.mbPerSecond(kibPerSync * BYTES_PER_KIB),
                        run.syncs(),
                        run.otherSyncs(),
                        run.acksPerSync());
    }
}
