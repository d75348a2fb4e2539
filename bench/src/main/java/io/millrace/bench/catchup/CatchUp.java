package io.millrace.bench.catchup;

import io.millrace.bench.load.FetchLoad;
import io.millrace.bench.load.LiveLoad;
import io.millrace.bench.load.LoadOptions;
import io.millrace.bench.load.LoadProcess;
import io.millrace.bench.load.ProduceLoad;
import io.millrace.bench.load.ProduceShape;
import io.millrace.bench.load.SlowReaders;
import io.millrace.bench.load.StartedBroker;
import io.millrace.bench.load.TopicCreation;
import io.millrace.bench.probe.ProcessFigures;
import io.millrace.protocol.compress.Codec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A live producer and consumer at a fixed rate: alone, beside a consumer that reads all of a history that is not in the page cache,
 * alone again, and beside consumers that read one byte a second. Prints what the live ones felt.
 *
 * <pre>
 * --peer millrace --command "./millrace dev --port {port} --data {data}" --port 19492 --data DIR
 * --mib 10240 --rate 1000 --seconds 30 (of each part but the catch-up, which takes what it takes) --slow 100
 * </pre>
 */
public final class CatchUp {

    private static final String HISTORY = "history";
    private static final int PARTITIONS = 6;
    private static final int BATCH_BYTES = 65_536;
    private static final int MIB = 1 << 20;
    private static final double GIB = 1L << 30;
    /** What the broker compiles in its first seconds is not what a live producer costs. */
    private static final int WARMUP_SECONDS = 15;

    private static final int ACK_ALL = -1;
    private static final int FILL_LIMIT_SECONDS = 3600;

    private final String java =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private final String peer;
    private final StartedBroker broker;
    private final int port;
    private final int seconds;
    private final StringBuilder table = new StringBuilder(Phase.HEADER);

    private CatchUp(String peer, StartedBroker broker, int port, int seconds) {
        this.peer = peer;
        this.broker = broker;
        this.port = port;
        this.seconds = seconds;
    }

    public static void main(String[] arguments) throws Exception {
        LoadOptions options = new LoadOptions(arguments);
        String peer = options.text("peer", "millrace");
        String command = options.text("command", "./millrace dev --port {port} --data {data}");
        int port = options.number("port", 19492);
        Path data = Path.of(options.text("data", "catchup-data"));
        int mib = options.number("mib", 10_240);
        int rate = options.number("rate", 1000);
        int seconds = options.number("seconds", 30);
        int slow = options.number("slow", 100);
        options.checkAllUsed();
        try (StartedBroker broker = new StartedBroker(command, port, data)) {
            new CatchUp(peer, broker, port, seconds).run(mib, rate, slow);
        }
    }

    private void run(int mib, int rate, int slow) throws Exception {
        broker.awaitListening();
        TopicCreation.create(broker.address(), HISTORY, PARTITIONS, Map.of());
        Map<String, Double> filled = LoadProcess.run(
                java,
                ProduceLoad.class.getName(),
                List.of(
                        "--bootstrap", broker.address(),
                        "--topic", HISTORY,
                        "--partitions", Integer.toString(PARTITIONS),
                        "--batch-bytes", Integer.toString(BATCH_BYTES),
                        "--warmup-seconds", "0",
                        "--seconds", Integer.toString(FILL_LIMIT_SECONDS),
                        "--requests", Long.toString((long) mib * MIB / BATCH_BYTES)));
        System.out.printf(Locale.ROOT, "%s: wrote %d MiB at %.0f MB/s%n", peer, mib, filled.get("mb_per_s"));
        TopicCreation.create(broker.address(), "live", 1, Map.of());
        boolean cold = StartedBroker.dropPageCache();
        ProduceShape shape = new ProduceShape("live", 1, 1000, 1024, (short) ACK_ALL, Codec.NONE);
        try (LiveLoad live = new LiveLoad(broker.address(), shape, rate)) {
            TimeUnit.SECONDS.sleep(WARMUP_SECONDS);
            Phase alone = phase(live, "nothing", () -> {
                TimeUnit.SECONDS.sleep(seconds);
                return "";
            });
            long records = Objects.requireNonNull(filled.get("records")).longValue();
            Phase beside = phase(
                    live,
                    "a " + (cold ? "cold" : "warm (no right to drop the page cache)") + " catch-up of " + mib + " MiB",
                    () -> catchUp(records, alone.brokerCpuSeconds() / alone.seconds()));
            StartedBroker.dropPageCache();
            Phase again = phase(live, "nothing again", () -> {
                TimeUnit.SECONDS.sleep(seconds);
                return "";
            });
            Phase slowly = phase(live, slow + " consumers of one byte a second", () -> slowReaders(slow));
            table.append('\n').append(beside.against(alone)).append(slowly.against(again));
            table.append("- ")
                    .append(peer)
                    .append(": refused live requests ")
                    .append(live.errors())
                    .append('\n');
        }
        System.out.println(table);
    }

    /** The others' work; what to note about it. */
    private interface Others {
        String work() throws IOException, InterruptedException;
    }

    private Phase phase(LiveLoad live, String name, Others others) throws IOException, InterruptedException {
        live.felt();
        double cpuBefore = broker.cpuSeconds();
        long startNs = System.nanoTime();
        String note = others.work();
        double tookSeconds = (System.nanoTime() - startNs) / 1e9;
        Phase phase = new Phase(
                peer,
                name,
                tookSeconds,
                live.felt(),
                broker.cpuSeconds() - cpuBefore,
                ProcessFigures.of(broker.pid()).residentMiB(),
                note);
        table.append(phase.line());
        System.out.print(phase.line());
        return phase;
    }

    private String catchUp(long records, double liveCpuPerSecond) throws IOException, InterruptedException {
        double cpuBefore = broker.cpuSeconds();
        Map<String, Double> read = LoadProcess.run(
                java,
                FetchLoad.class.getName(),
                List.of(
                        "--bootstrap",
                        broker.address(),
                        "--topic",
                        HISTORY,
                        "--partitions",
                        Integer.toString(PARTITIONS),
                        "--check",
                        "1"));
        double took = read.getOrDefault("seconds", Double.NaN);
        double cpu = broker.cpuSeconds() - cpuBefore - liveCpuPerSecond * took;
        long found = read.getOrDefault("records", 0.0).longValue();
        return String.format(
                Locale.ROOT,
                "%.0f MB/s for %.1f s, %.2f CPU-s/GiB without the live ones' share, %s",
                read.get("mb_per_s"),
                took,
                cpu / (read.getOrDefault("bytes", Double.NaN) / GIB),
                found == records
                        ? "every record came, every CRC right"
                        : "ONLY " + found + " of " + records + " records came");
    }

    private String slowReaders(int count) throws IOException, InterruptedException {
        try (SlowReaders readers = new SlowReaders(port, count, HISTORY, PARTITIONS)) {
            readers.readFor(seconds);
            return String.format(
                    Locale.ROOT,
                    "%d bytes read, %d connections closed by the broker, %.0f MiB resident with them",
                    readers.bytes(),
                    readers.ended(),
                    ProcessFigures.of(broker.pid()).residentMiB());
        }
    }
}
