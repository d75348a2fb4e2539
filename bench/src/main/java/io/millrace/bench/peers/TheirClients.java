package io.millrace.bench.peers;

import io.millrace.bench.load.BrokerCpu;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Kafka's own perf tools, as they come, in a process of their own. Figures are named as those of our generator. */
final class TheirClients {

    private static final Pattern PRODUCED =
            Pattern.compile("([0-9.]+) records/sec .* ([0-9]+) ms 50th.* ([0-9]+) ms 99th");
    /** The seconds of a row are turned into records with about what Kafka's client reaches here. */
    private static final long PRODUCED_BYTES_PER_SECOND = 80_000_000;

    private static final long MAX_PRODUCED_PER_SECOND = 450_000;
    private static final double BYTES_PER_MB = 1e6;
    /** Columns of the consumer's last line. */
    private static final int FETCH_RECORDS_PER_SECOND = 9;

    private final String java;
    private final String classPath;

    TheirClients(String java, String classPath) {
        this.java = java;
        this.classPath = classPath;
    }

    /** Default settings of the client but for the size of the batches; a third of the records is a warm-up. */
    Map<String, Double> produce(Row row, RunningPeer broker, String topic, int seconds, int warmupSeconds)
            throws IOException, InterruptedException {
        long perSecond = Math.min(PRODUCED_BYTES_PER_SECOND / row.recordBytes(), MAX_PRODUCED_PER_SECOND);
        long records = perSecond * (seconds + warmupSeconds);
        List<String> command = command(
                "org.apache.kafka.tools.ProducerPerformance",
                "--bootstrap-server",
                broker.bootstrap(),
                "--topic",
                topic,
                "--num-records",
                Long.toString(records),
                "--warmup-records",
                Long.toString(perSecond * warmupSeconds),
                "--record-size",
                Integer.toString(row.recordBytes()),
                "--throughput",
                "-1",
                "--command-property",
                "acks=all");
        if (!row.usesDefaults()) {
            command.add("batch.size=" + row.batchBytes());
        }
        double cpuBefore = BrokerCpu.seconds(broker.pid());
        String last = run(command);
        Matcher found = PRODUCED.matcher(last);
        if (!found.find()) {
            throw new IOException("kafka-producer-perf-test said: " + last);
        }
        Map<String, Double> figures = new HashMap<>();
        figures.put("mb_per_s", Double.parseDouble(found.group(1)) * row.recordBytes() / BYTES_PER_MB);
        figures.put("p50_ms", Double.parseDouble(found.group(2)));
        figures.put("p99_ms", Double.parseDouble(found.group(3)));
        figures.put("bytes", (double) records * row.recordBytes());
        figures.put("cpu_s", BrokerCpu.seconds(broker.pid()) - cpuBefore);
        return figures;
    }

    /** The time it takes to join the group does not count: Kafka waits 3 s for more members before the first assignment. */
    Map<String, Double> consume(Row row, RunningPeer broker, String topic, long records)
            throws IOException, InterruptedException {
        double cpuBefore = BrokerCpu.seconds(broker.pid());
        String last = run(command(
                "org.apache.kafka.tools.ConsumerPerformance",
                "--bootstrap-server",
                broker.bootstrap(),
                "--topic",
                topic,
                "--num-records",
                Long.toString(records),
                "--hide-header"));
        double perSecond = Double.parseDouble(last.split(",", -1)[FETCH_RECORDS_PER_SECOND].strip());
        Map<String, Double> figures = new HashMap<>();
        figures.put("mb_per_s", perSecond * row.recordBytes() / BYTES_PER_MB);
        figures.put("p50_ms", Double.NaN);
        figures.put("p99_ms", Double.NaN);
        figures.put("bytes", (double) records * row.recordBytes());
        figures.put("cpu_s", BrokerCpu.seconds(broker.pid()) - cpuBefore);
        return figures;
    }

    private List<String> command(String mainClass, String... arguments) {
        List<String> command = new ArrayList<>(List.of(java, "-Xmx512m", "-cp", classPath, mainClass));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The last line that the tool prints. */
    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException(command + " failed: " + output);
        }
        return output.substring(output.lastIndexOf('\n') + 1);
    }
}
