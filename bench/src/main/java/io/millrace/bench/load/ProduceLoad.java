package io.millrace.bench.load;

import io.millrace.protocol.compress.Codec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.HdrHistogram.Histogram;

/**
 * Produces for a while and prints one line of {@code key=value} figures.
 *
 * <pre>
 * --bootstrap localhost:9092 --topic t --partitions 6 --record-bytes 1024 --batch-bytes 65536 --acks -1 --codec none
 * --connections 1 --in-flight 8 --rate 0 (requests/s over all connections; 0: closed loop) --seconds 10 --warmup-seconds 3
 * --requests 0 (0: until the time is over; else so many, and the time is the limit)
 * --cpu-of PID (the broker's process: its CPU seconds while measuring are among the figures, beside those of this process)
 * </pre>
 */
public final class ProduceLoad {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MS = 1e6;
    private static final double BYTES_PER_MB = 1e6;

    private ProduceLoad() {}

    public static void main(String[] arguments) throws Exception {
        LoadOptions options = new LoadOptions(arguments);
        String bootstrap = options.text("bootstrap", "localhost:9092");
        ProduceShape shape = new ProduceShape(
                options.text("topic", "bench"),
                options.number("partitions", 6),
                options.number("record-bytes", 1024),
                options.number("batch-bytes", 65_536),
                (short) options.number("acks", -1),
                Objects.requireNonNull(Codec.byName(options.text("codec", "none")), "no such codec"));
        int connections = options.number("connections", 1);
        int inFlight = options.number("in-flight", 8);
        int rate = options.number("rate", 0);
        int seconds = options.number("seconds", 10);
        int warmup = options.number("warmup-seconds", 3);
        long requests = options.number("requests", 0);
        int broker = options.number("cpu-of", BrokerCpu.NO_PROCESS);
        options.checkAllUsed();
        if (warmup > 0) {
            run(bootstrap, shape, connections, inFlight, rate, warmup, Long.MAX_VALUE);
        }
        double cpuBefore = BrokerCpu.seconds(broker);
        String figures =
                run(bootstrap, shape, connections, inFlight, rate, seconds, requests == 0 ? Long.MAX_VALUE : requests);
        System.out.printf(Locale.ROOT, "%s cpu_s=%.2f%n", figures, BrokerCpu.seconds(broker) - cpuBefore);
    }

    private static String run(
            String bootstrap, ProduceShape shape, int connections, int inFlight, int rate, int seconds, long requests)
            throws IOException, InterruptedException {
        ByteBuffer[] frames = shape.frames();
        List<ProduceConnection> all = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            all.add(new ProduceConnection(bootstrap, frames, i * shape.partitions() / connections, inFlight));
        }
        long intervalNs = rate == 0 ? 0 : (long) (NANOS_PER_SECOND * connections / rate);
        double ownCpuBefore = ownCpuSeconds();
        long startNs = System.nanoTime();
        long endNs = startNs + seconds * (long) NANOS_PER_SECOND;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            ProduceConnection connection = all.get(i);
            long phaseNs = intervalNs * i / connections;
            long share = requests / connections + (i < requests % connections ? 1 : 0);
            threads.add(LoadThreads.start("send-" + i, () -> {
                if (intervalNs > 0) {
                    connection.sendAtRate(startNs + phaseNs, endNs, intervalNs);
                } else {
                    connection.sendAtOnce(endNs, share);
                }
            }));
            threads.add(LoadThreads.start("receive-" + i, connection::receive));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        double elapsedSeconds = (System.nanoTime() - startNs) / NANOS_PER_SECOND;
        return String.format(
                Locale.ROOT,
                "%s client_cpu_s=%.2f",
                summary(shape, all, elapsedSeconds),
                ownCpuSeconds() - ownCpuBefore);
    }

    private static double ownCpuSeconds() throws IOException {
        return BrokerCpu.seconds(ProcessHandle.current().pid());
    }

    private static String summary(ProduceShape shape, List<ProduceConnection> all, double elapsedSeconds) {
        Histogram latency = new Histogram(3);
        long requests = 0;
        long bytes = 0;
        long errors = 0;
        for (ProduceConnection connection : all) {
            latency.add(connection.latencyNs());
            requests += connection.requests();
            bytes += connection.sentBytes();
            errors += connection.errors();
        }
        return String.format(
                Locale.ROOT,
                "mb_per_s=%.3f records_per_s=%.0f requests=%d records=%d bytes=%d errors=%d p50_ms=%.3f p99_ms=%.3f p999_ms=%.3f max_ms=%.3f",
                bytes / BYTES_PER_MB / elapsedSeconds,
                (double) requests * shape.recordsPerBatch() / elapsedSeconds,
                requests,
                requests * shape.recordsPerBatch(),
                bytes,
                errors,
                latency.getValueAtPercentile(50) / NANOS_PER_MS,
                latency.getValueAtPercentile(99) / NANOS_PER_MS,
                latency.getValueAtPercentile(99.9) / NANOS_PER_MS,
                latency.getMaxValue() / NANOS_PER_MS);
    }
}
