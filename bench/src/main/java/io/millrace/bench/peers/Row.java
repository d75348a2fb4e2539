package io.millrace.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One kind of load. Immutable.
 *
 * @param rate requests per second, 0 as fast as the window allows
 * @param fetch whether what was produced is then read, and the reading is what counts
 * @param kafkaTopicConfigs for Kafka alone, e.g. a sync per message where Millrace syncs anyway
 */
record Row(
        String name,
        int partitions,
        int recordBytes,
        int batchBytes,
        String codec,
        int connections,
        int inFlight,
        int rate,
        boolean fetch,
        Map<String, String> kafkaTopicConfigs) {

    /** The rows of every comparison. */
    static List<Row> core() {
        return List.of(
                new Row("1 KiB x 6, 16 KiB batches", 6, 1024, 16_384, "none", 2, 16, 0, false, Map.of()),
                new Row("100 B x 1, 64 KiB batches", 1, 100, 65_536, "none", 1, 8, 0, false, Map.of()),
                new Row("1 KiB x 6, 256 KiB batches", 6, 1024, 262_144, "none", 2, 8, 0, false, Map.of()),
                new Row("1 KiB x 6, 64 KiB batches, lz4", 6, 1024, 65_536, "lz4", 2, 16, 0, false, Map.of()),
                new Row("fetch 1 KiB x 6", 6, 1024, 65_536, "none", 2, 8, 0, true, Map.of()),
                new Row("2,000 requests/s of 1 KiB", 6, 1000, 1024, "none", 4, 100, 2_000, false, Map.of()),
                new Row(
                        "durable x 64, 4 KiB batches",
                        64,
                        1000,
                        4096,
                        "none",
                        4,
                        64,
                        0,
                        false,
                        Map.of("flush.messages", "1")),
                new Row(
                        "durable x 64, 1,000 requests/s",
                        64,
                        1000,
                        1024,
                        "none",
                        4,
                        100,
                        1_000,
                        false,
                        Map.of("flush.messages", "1")));
    }

    List<String> produceArguments(String bootstrap, String topic, int warmupSeconds, int seconds) {
        List<String> arguments = new ArrayList<>(List.of(
                "--bootstrap", bootstrap,
                "--topic", topic,
                "--partitions", Integer.toString(partitions),
                "--record-bytes", Integer.toString(recordBytes),
                "--batch-bytes", Integer.toString(batchBytes),
                "--codec", codec,
                "--connections", Integer.toString(connections),
                "--in-flight", Integer.toString(inFlight),
                "--rate", Integer.toString(rate)));
        arguments.addAll(List.of(
                "--seconds", Integer.toString(seconds),
                "--warmup-seconds", Integer.toString(warmupSeconds)));
        return arguments;
    }
}
