package io.millrace.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One kind of load. Immutable.
 *
 * @param rate requests per second, 0 as fast as the window allows
 * @param kafkaTopicConfigs for Kafka alone, e.g. a sync per message where Millrace syncs anyway
 */
record Row(
        String name,
        Kind kind,
        Goal goal,
        int partitions,
        int recordBytes,
        int batchBytes,
        String codec,
        int connections,
        int inFlight,
        int rate,
        Map<String, String> kafkaTopicConfigs) {

    /** What is measured, and with what. */
    enum Kind {
        /** Our generator produces. */
        PRODUCE,
        /** Our generator produces, and its reading of that is what counts. */
        FETCH,
        /** {@link #PRODUCE} under strace, which counts the syncs. */
        SYNC_PROOF,
        /** Kafka's kafka-producer-perf-test. */
        THEIR_PRODUCER,
        /** Our generator produces, Kafka's kafka-consumer-perf-test reads it. */
        THEIR_CONSUMER
    }

    private static final int[] DURABLE_PARTITIONS = {1, 16, 64, 256};
    private static final Map<String, String> SYNC_EACH = Map.of("flush.messages", "1");
    private static final String DURABLE = "durable x ";
    private static final String FULL_SPEED = ", 4 KiB batches";
    private static final int DEFAULT_BATCH_BYTES = 16_384;

    /** The rows of every comparison. */
    static List<Row> all() {
        List<Row> rows = new ArrayList<>(List.of(
                produce("1 KiB x 6, 16 KiB batches", 6, 1024, 16_384, "none", 2, 16),
                produce("100 B x 1, 64 KiB batches", 1, 100, 65_536, "none", 1, 8),
                produce("1 KiB x 6, 256 KiB batches", 6, 1024, 262_144, "none", 2, 8),
                produce("1 KiB x 6, 64 KiB batches, lz4", 6, 1024, 65_536, "lz4", 2, 16),
                new Row("fetch 1 KiB x 6", Kind.FETCH, Goal.FETCH, 6, 1024, 65_536, "none", 2, 8, 0, Map.of()),
                new Row(
                        "2,000 requests/s of 1 KiB",
                        Kind.PRODUCE,
                        Goal.FIXED_RATE,
                        6,
                        1000,
                        1024,
                        "none",
                        4,
                        100,
                        2_000,
                        Map.of())));
        for (int partitions : DURABLE_PARTITIONS) {
            rows.add(durable(DURABLE + partitions + FULL_SPEED, Kind.PRODUCE, Goal.DURABLE, partitions, SYNC_EACH));
        }
        for (int partitions : DURABLE_PARTITIONS) {
            rows.add(new Row(
                    DURABLE + partitions + ", 1,000 requests/s",
                    Kind.PRODUCE,
                    Goal.DURABLE_AT_RATE,
                    partitions,
                    1000,
                    1024,
                    "none",
                    4,
                    100,
                    1_000,
                    SYNC_EACH));
        }
        rows.add(durable("syncs under strace, 4 KiB x 64", Kind.SYNC_PROOF, Goal.SYNCED, 64, Map.of()));
        rows.add(theirs("kafka-producer-perf-test, 1 KiB x 6, defaults", 6, 1024, DEFAULT_BATCH_BYTES));
        rows.add(theirs("kafka-producer-perf-test, 1 KiB x 6, 256 KiB batches", 6, 1024, 262_144));
        rows.add(theirs("kafka-producer-perf-test, 100 B x 1, 64 KiB batches", 1, 100, 65_536));
        rows.add(new Row(
                "kafka-consumer-perf-test, 1 KiB x 6",
                Kind.THEIR_CONSUMER,
                Goal.THEIR_CONSUMER,
                6,
                1024,
                65_536,
                "none",
                2,
                8,
                0,
                Map.of()));
        return rows;
    }

    private static Row produce(
            String name, int partitions, int recordBytes, int batchBytes, String codec, int connections, int inFlight) {
        return new Row(
                name,
                Kind.PRODUCE,
                Goal.PRODUCE,
                partitions,
                recordBytes,
                batchBytes,
                codec,
                connections,
                inFlight,
                0,
                Map.of());
    }

    private static Row durable(String name, Kind kind, Goal goal, int partitions, Map<String, String> kafkaConfigs) {
        return new Row(name, kind, goal, partitions, 1000, 4096, "none", 4, 64, 0, kafkaConfigs);
    }

    private static Row theirs(String name, int partitions, int recordBytes, int batchBytes) {
        return new Row(
                name,
                Kind.THEIR_PRODUCER,
                Goal.THEIR_CLIENT,
                partitions,
                recordBytes,
                batchBytes,
                "none",
                1,
                5,
                0,
                Map.of());
    }

    /** Whether its throughput must not depend on the number of partitions. */
    boolean mustBeFlat() {
        return name.startsWith(DURABLE) && name.endsWith(FULL_SPEED);
    }

    boolean usesDefaults() {
        return batchBytes == DEFAULT_BATCH_BYTES;
    }

    /** Of {@link io.millrace.bench.load.ProduceLoad}. */
    List<String> produceArguments(String bootstrap, String topic, long pid) {
        return new ArrayList<>(List.of(
                "--bootstrap", bootstrap,
                "--topic", topic,
                "--partitions", Integer.toString(partitions),
                "--record-bytes", Integer.toString(recordBytes),
                "--batch-bytes", Integer.toString(batchBytes),
                "--codec", codec,
                "--connections", Integer.toString(connections),
                "--in-flight", Integer.toString(inFlight),
                "--rate", Integer.toString(rate),
                "--cpu-of", Long.toString(pid)));
    }
}
