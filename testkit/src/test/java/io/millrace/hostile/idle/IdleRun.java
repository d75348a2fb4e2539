package io.millrace.hostile.idle;

import io.millrace.hostile.HealthyClients;
import io.millrace.hostile.HostileBroker;
import io.millrace.hostile.HostileBroker.Measure;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * {@code IdleRun COUNT}: so many idle connections, or as many as the limit of open files allows, what each costs, what happens at the
 * broker's bound; then clients that do not read, send a byte a second, or never send. Prints Markdown, ends with 1 when the broker did
 * anything wrong. Owned by its thread.
 */
@SuppressWarnings("try") // closed in the middle, to measure without them
public final class IdleRun {

    private static final int OTHER_DESCRIPTORS = 600;
    private static final int BEYOND = 50;
    private static final int ROOM_FOR_HEALTHY = 20;
    private static final int SLOW_CLIENTS = 10;
    private static final String CLOSED = "millrace_network_connections_closed_total";
    private static final int BULK_RECORDS = 1_000;
    private static final int BULK_BYTES = 100_000;

    private final List<String> faults = new ArrayList<>();

    public static void main(String[] args) throws Exception {
        int wanted = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
        System.exit(run(wanted, true) ? 0 : 1);
    }

    /**
     * Runs all parts, one after the other.
     *
     * @param patiently whether to wait for clients that stall, which takes the broker's half minute
     * @return whether the broker did nothing wrong
     */
    static boolean run(int wanted, boolean patiently) throws Exception {
        IdleRun run = new IdleRun();
        int count = Math.min(wanted, openFilesLimit() - OTHER_DESCRIPTORS);
        run.line("open files: at most " + openFilesLimit() + " in each process; " + count + " idle connections of "
                + wanted);
        run.idle(count);
        if (patiently) {
            run.stalling();
        }
        run.silent();
        run.faults.forEach(fault -> System.out.println("FAULT " + fault));
        System.out.println(run.faults.isEmpty() ? "PASSED" : "FAILED");
        return run.faults.isEmpty();
    }

    private static int openFilesLimit() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(line -> line.startsWith("Max open files"))
                .mapToInt(line -> Integer.parseInt(line.trim().split("\\s+", -1)[3]))
                .findFirst()
                .orElseThrow();
    }

    private void line(String text) {
        System.out.println("- " + text);
    }

    @FunctionalInterface
    private interface Scene {
        void play(HostileBroker broker) throws Exception;
    }

    private void with(List<String> settings, Scene scene) throws Exception {
        Path work = Files.createTempDirectory("millrace-idle");
        try (HostileBroker broker = HostileBroker.start(work, List.of("-Xmx512m"), settings)) {
            scene.play(broker);
            broker.troubles().forEach(trouble -> faults.add("broker's log: " + trouble));
            if (!broker.stop()) {
                faults.add("the broker did not stop in order");
            }
        } finally {
            try (var files = Files.walk(work)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private void idle(int count) throws Exception {
        String bound = "" + (count + ROOM_FOR_HEALTHY);
        with(List.of("max.connections=" + bound, "max.connections.per.ip=" + bound), broker -> {
            try (HealthyClients healthy = new HealthyClients(broker.bootstrap(), "healthy-idle");
                    IdleConnections idle = new IdleConnections(broker.port());
                    IdleConnections beyond = new IdleConnections(broker.port())) {
                healthy.start();
                warmUp(broker);
                Measure before = broker.measure();
                line("before: " + before);
                idle.open(count);
                awaitOpen(broker, count);
                each("only connected", count, before, broker.measure());
                idle.talk();
                each("after one ApiVersions", count, before, broker.measure());
                beyond.open(BEYOND + ROOM_FOR_HEALTHY);
                int refused = beyond.awaitClosed(BEYOND, 10_000);
                double counted = broker.metric(CLOSED, "too_many_connections");
                line("at max.connections=" + bound + " " + refused + " of " + beyond.count()
                        + " further ones are closed at once; the broker counts " + (long) counted);
                if (refused < BEYOND || counted < BEYOND) {
                    faults.add("connections beyond the bound were not refused, or not counted");
                }
                idle.close();
                beyond.close();
                healthy.close();
                awaitOpen(broker, 0);
                line("after all are closed: " + broker.measure());
                judge(healthy);
            }
        });
    }

    /** Loads what the first connections load, so that it is not taken for theirs. */
    private static void warmUp(HostileBroker broker) throws Exception {
        try (IdleConnections some = new IdleConnections(broker.port())) {
            some.open(200);
            some.talk();
            broker.measure();
        }
        awaitOpen(broker, 0);
        broker.measure();
    }

    private void each(String when, int count, Measure before, Measure now) {
        line(String.format(
                "%d connections %s: %s; each %d bytes RSS, %d heap, %d direct and other native",
                count,
                when,
                now,
                (now.rssBytes() - before.rssBytes()) / count,
                (now.heapBytes() - before.heapBytes()) / count,
                (now.otherNativeBytes() - before.otherNativeBytes()) / count));
    }

    private void judge(HealthyClients healthy) {
        line("healthy clients meanwhile: " + healthy.report());
        healthy.errors().forEach(error -> faults.add("a healthy client: " + error));
        if (healthy.rebalances() > 0) {
            faults.add("the healthy group was rebalanced");
        }
    }

    private static void awaitOpen(HostileBroker broker, int count) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (System.nanoTime() < end) {
            double open = broker.metric("millrace_network_open_connections", "");
            if (count > 0 ? open >= count : open < ROOM_FOR_HEALTHY) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    private void stalling() throws Exception {
        with(List.of("num.partitions=2"), broker -> {
            try (HealthyClients healthy = new HealthyClients(broker.bootstrap(), "healthy-stall")) {
                healthy.start();
                bulk(broker.bootstrap());
                Measure before = broker.measure();
                line("before clients that do not read: " + before);
                List<UnreadAnswers> unread = UnreadAnswers.some(SLOW_CLIENTS, broker.port(), "bulk", 2);
                List<Thread> threads = new ArrayList<>();
                List<String> ends = new ArrayList<>();
                for (UnreadAnswers each : unread) {
                    threads.add(Thread.ofVirtual().start(() -> end(ends, "an unreading client", each)));
                }
                for (int i = 0; i < SLOW_CLIENTS; i++) {
                    threads.add(Thread.ofVirtual().start(() -> trickle(ends, broker.port())));
                }
                long highestRss = before.rssBytes();
                for (Thread thread : threads) {
                    while (!thread.join(java.time.Duration.ofMillis(500))) {
                        highestRss = Math.max(highestRss, broker.rssBytes());
                    }
                }
                ends.stream().sorted().forEach(this::line);
                Measure after = broker.measure();
                line(String.format("highest RSS meanwhile %.1f MiB; after: %s", highestRss / 1048576.0, after));
                double unreadCount = broker.metric(CLOSED, "write_stalled");
                double slowCount = broker.metric(CLOSED, "request_stalled");
                line("dropped, as the broker counts: write_stalled " + (long) unreadCount + ", request_stalled "
                        + (long) slowCount);
                if (unreadCount < SLOW_CLIENTS || slowCount < SLOW_CLIENTS) {
                    faults.add("clients that stall were not all dropped for that reason");
                }
                healthy.close();
                judge(healthy);
            }
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // close() waits for all
    private static void bulk(String bootstrap) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < BULK_RECORDS; i++) {
                producer.send(new ProducerRecord<>("bulk", i % 2, null, new byte[BULK_BYTES]));
            }
        }
    }

    private void end(List<String> ends, String who, UnreadAnswers client) {
        try {
            long ms = client.askUntilDropped();
            synchronized (ends) {
                ends.add(who + " was dropped after " + ms / 1000 + " s and " + client.requests() + " requests");
                if (ms < 0) {
                    faults.add(who + " was never dropped");
                }
            }
        } catch (IOException | InterruptedException failure) {
            faults.add(who + ": " + failure);
        }
    }

    /** A request whose bytes come one a second. */
    private void trickle(List<String> ends, int port) {
        long start = System.nanoTime();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(1_000);
            OutputStream out = socket.getOutputStream();
            out.write(ByteBuffer.allocate(Integer.BYTES).putInt(1_000).array());
            byte[] prefix = {0, 18, 0, 0, 0, 0, 0, 1, -1, -1};
            for (int i = 0; i < 180; i++) {
                out.write(i < prefix.length ? prefix[i] : 0);
                try {
                    if (socket.getInputStream().read() < 0) {
                        break;
                    }
                } catch (java.net.SocketTimeoutException second) {
                    // the next byte is due
                }
            }
        } catch (IOException reset) {
            // Closed by the broker, which is what is waited for.
        }
        synchronized (ends) {
            ends.add("a client of one byte a second was dropped after "
                    + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) + " s");
        }
    }

    private void silent() throws Exception {
        int idleMs = 2_000;
        int count = 200;
        with(List.of("connections.max.idle.ms=" + idleMs), broker -> {
            try (IdleConnections silent = new IdleConnections(broker.port())) {
                long start = System.nanoTime();
                silent.open(count);
                int closed = silent.awaitClosed(count, 30_000);
                double counted = broker.metric(CLOSED, "idle");
                line(String.format(
                        "with connections.max.idle.ms=%d, %d of %d clients that never send were closed within %d ms; counted as idle: %d",
                        idleMs, closed, count, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start), (long)
                                counted));
                if (closed < count || counted < count) {
                    faults.add("clients that never send were not closed, or not counted");
                }
            }
        });
    }
}
