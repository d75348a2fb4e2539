package io.millrace.bench.partitions;

import io.millrace.bench.load.LoadOptions;
import io.millrace.bench.load.ProduceShape;
import io.millrace.bench.load.StartedBroker;
import io.millrace.bench.load.TopicCreation;
import io.millrace.bench.probe.ProcessFigures;
import io.millrace.protocol.compress.Codec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fills partitions, restarts the broker after a clean stop and after kill -9, and prints what it then costs to have them.
 *
 * <pre>
 * --peer millrace --command "./millrace dev --port {port} --data {data}" --port 19492 --data DIR --partitions 1,1000,10000
 * --kib 4 (in each partition, twice) --idle-seconds 60
 * </pre>
 */
public final class PartitionCost {

    private static final int PARTITIONS_PER_TOPIC = 1000;
    private static final int IN_FLIGHT = 64;
    private static final int RECORD_BYTES = 1000;
    private static final int KIB = 1024;
    private static final int ACK_ALL = -1;
    /** After a start: what it still has to do then is no idle cost. */
    private static final int SETTLE_SECONDS = 10;

    /** Of each generation of the serial collector, or of the whole heap of G1. */
    private static final Pattern HEAP_USED =
            Pattern.compile("total (?:reserved [0-9]+K, committed )?[0-9]+K, used ([0-9]+)K");

    private static final double KIB_PER_MIB = 1024;
    private static final double PERCENT = 100;

    private final String peer;
    private final int batchBytes;
    private final int idleSeconds;

    private PartitionCost(String peer, int batchBytes, int idleSeconds) {
        this.peer = peer;
        this.batchBytes = batchBytes;
        this.idleSeconds = idleSeconds;
    }

    public static void main(String[] arguments) throws Exception {
        LoadOptions options = new LoadOptions(arguments);
        String peer = options.text("peer", "millrace");
        String command = options.text("command", "./millrace dev --port {port} --data {data}");
        int port = options.number("port", 19492);
        Path data = Path.of(options.text("data", "partitions-data"));
        String[] sizes = options.text("partitions", "1,1000,10000").split(",", -1);
        PartitionCost cost =
                new PartitionCost(peer, options.number("kib", 4) * KIB, options.number("idle-seconds", 60));
        options.checkAllUsed();
        StringBuilder table = new StringBuilder(IdleFigures.HEADER);
        List<IdleFigures> before = List.of();
        StringBuilder perPartition = new StringBuilder();
        for (String size : sizes) {
            int partitions = Integer.parseInt(size);
            List<IdleFigures> found;
            try (StartedBroker broker = new StartedBroker(command, port, Path.of(data + "-" + partitions))) {
                found = cost.measure(broker, partitions);
            }
            found.forEach(one -> table.append(one.line(peer)));
            for (int i = 0; i < before.size(); i++) {
                perPartition.append(found.get(i).perPartition(peer, before.get(i)));
            }
            before = found;
        }
        System.out.println(table + "\n" + perPartition);
    }

    private List<IdleFigures> measure(StartedBroker broker, int partitions) throws IOException, InterruptedException {
        broker.awaitListening();
        List<ProduceShape> topics = new ArrayList<>();
        for (int first = 0; first < partitions; first += PARTITIONS_PER_TOPIC) {
            ProduceShape topic = new ProduceShape(
                    "p" + topics.size(),
                    Math.min(PARTITIONS_PER_TOPIC, partitions - first),
                    RECORD_BYTES,
                    batchBytes,
                    (short) ACK_ALL,
                    Codec.NONE);
            TopicCreation.create(broker.address(), topic.topic(), topic.partitions(), Map.of());
            topics.add(topic);
        }
        write(broker, topics);
        List<IdleFigures> found = new ArrayList<>();
        ByteBuffer last = topics.getLast().frames()[topics.getLast().partitions() - 1];
        broker.stop();
        found.add(restart(broker, partitions, "clean stop", last, idleSeconds));
        write(broker, topics);
        broker.kill();
        found.add(restart(broker, partitions, "kill -9", last, 0));
        return found;
    }

    private static void write(StartedBroker broker, List<ProduceShape> topics) throws IOException {
        for (ProduceShape topic : topics) {
            ByteBuffer[] frames = topic.frames();
            broker.fill(frames, frames.length, IN_FLIGHT);
        }
    }

    private IdleFigures restart(StartedBroker broker, int partitions, String after, ByteBuffer frame, int watchSeconds)
            throws IOException, InterruptedException {
        broker.start();
        long portOpenMs = broker.awaitListening();
        long firstAckMs = broker.awaitAck(frame);
        double startCpuSeconds = broker.cpuSeconds();
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        ProcessFigures process = ProcessFigures.of(broker.pid());
        double idlePercent = Double.NaN;
        if (watchSeconds > 0) {
            double cpuBefore = broker.cpuSeconds();
            TimeUnit.SECONDS.sleep(watchSeconds);
            idlePercent = (broker.cpuSeconds() - cpuBefore) / watchSeconds * PERCENT;
        }
        IdleFigures found = new IdleFigures(
                partitions, after, portOpenMs, firstAckMs, startCpuSeconds, process, heapMiB(broker), idlePercent);
        System.out.print(found.line(peer));
        return found;
    }

    private static double heapMiB(StartedBroker broker) throws IOException, InterruptedException {
        jcmd(broker, "GC.run");
        Matcher used = HEAP_USED.matcher(jcmd(broker, "GC.heap_info"));
        double kib = 0;
        while (used.find()) {
            kib += Double.parseDouble(used.group(1));
        }
        return kib / KIB_PER_MIB;
    }

    private static String jcmd(StartedBroker broker, String what) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(broker.pid()),
                        what)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("jcmd " + what + " failed: " + output);
        }
        return output;
    }
}
