package io.millrace.bench.load;

import io.millrace.protocol.compress.Codec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How long a broker with data is away: from the start of its process to the first acknowledged batch, after kill -9, after kill -9
 * with an empty page cache (needs root), and after a clean stop. Prints milliseconds, one line per restart, then a table of
 * medians; the CPU time tells how much of it a busy machine added. Several sizes are reached one after the other on the same folder.
 *
 * <pre>
 * --command "./millrace dev --port {port} --data {data}" --port 19492 --data DIR --mib 1024,10240 --partitions 64 --rounds 3
 * </pre>
 */
public final class RestartTime {

    private static final int MIB = 1 << 20;
    private static final int BATCH_BYTES = 64 * 1024;
    private static final int IN_FLIGHT = 16;
    /** Written before each kill, so that the journal has something to replay. */
    private static final int MIB_BEFORE_KILL = 128;

    private static final int ACK_ALL = -1;

    private static final String KILLED = "kill -9";
    private static final String COLD = "kill -9, page cache dropped";
    private static final String STOPPED = "clean stop";

    private final StartedBroker broker;
    private final ProduceShape shape;
    private final StringBuilder table = new StringBuilder(
            "| MiB of data | partitions | after | first ack ms, median (least..most) | CPU ms until then, median |\n|---|---|---|---|---|\n");
    /** Medians of the smallest size, by what came before. */
    private final Map<String, Long> first = new LinkedHashMap<>();

    private final StringBuilder flatness = new StringBuilder();

    private RestartTime(StartedBroker broker, ProduceShape shape) {
        this.broker = broker;
        this.shape = shape;
    }

    /** One restart. */
    private record Restart(long firstAckMs, long cpuMs) {}

    public static void main(String[] arguments) throws Exception {
        LoadOptions options = new LoadOptions(arguments);
        String[] sizes = options.text("mib", "1024").split(",", -1);
        int rounds = options.number("rounds", 3);
        ProduceShape shape = new ProduceShape(
                "restart", options.number("partitions", 64), 1024, BATCH_BYTES, (short) ACK_ALL, Codec.NONE);
        String command = options.text("command", "./millrace dev --port {port} --data {data}");
        int port = options.number("port", 19492);
        Path data = Path.of(options.text("data", "restart-data"));
        options.checkAllUsed();
        try (StartedBroker broker = new StartedBroker(command, port, data)) {
            new RestartTime(broker, shape).run(sizes, rounds);
        }
    }

    private void run(String[] sizes, int rounds) throws IOException, InterruptedException {
        broker.awaitListening();
        TopicCreation.create(broker.address(), shape.topic(), shape.partitions(), Map.of());
        int filledMib = 0;
        for (String size : sizes) {
            int mib = Integer.parseInt(size);
            fill(Math.max(0, mib - filledMib));
            filledMib = mib + 3 * rounds * MIB_BEFORE_KILL;
            measure(mib, rounds);
        }
        System.out.println(table.toString() + flatness);
    }

    private void measure(int mib, int rounds) throws IOException, InterruptedException {
        Map<String, List<Restart>> restarts = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            fill(MIB_BEFORE_KILL);
            broker.kill();
            note(restarts, KILLED, "");
            fill(MIB_BEFORE_KILL);
            broker.kill();
            if (StartedBroker.dropPageCache()) {
                note(restarts, COLD, "");
            } else {
                broker.start();
                broker.awaitListening();
            }
            fill(MIB_BEFORE_KILL);
            note(restarts, STOPPED, " stop_ms=" + broker.stop());
        }
        restarts.forEach((after, all) -> summarize(mib, after, all));
    }

    private void summarize(int mib, String after, List<Restart> all) {
        List<Long> acksMs =
                new ArrayList<>(all.stream().map(Restart::firstAckMs).toList());
        List<Long> cpuMs = new ArrayList<>(all.stream().map(Restart::cpuMs).toList());
        long median = median(acksMs);
        table.append(String.format(
                Locale.ROOT,
                "| %d | %d | %s | %d (%d..%d) | %d |%n",
                mib,
                shape.partitions(),
                after,
                median,
                acksMs.getFirst(),
                acksMs.getLast(),
                median(cpuMs)));
        Long before = first.putIfAbsent(after, median);
        if (before != null) {
            flatness.append(String.format(
                    Locale.ROOT,
                    "%s: at %d MiB %.2f of what it takes at the smallest size%n",
                    after,
                    mib,
                    (double) median / before));
        }
    }

    private void note(Map<String, List<Restart>> restarts, String after, String more)
            throws IOException, InterruptedException {
        broker.start();
        long tookMs = broker.awaitAck(shape.frames()[0]);
        long cpuMs = (long) (broker.cpuSeconds() * 1000);
        System.out.println("after=\"" + after + "\"" + more + " first_ack_ms=" + tookMs + " cpu_ms=" + cpuMs);
        restarts.computeIfAbsent(after, _ -> new ArrayList<>()).add(new Restart(tookMs, cpuMs));
    }

    private void fill(int mib) throws IOException {
        broker.fill(shape.frames(), (long) mib * MIB / BATCH_BYTES, IN_FLIGHT);
    }

    /** Sorts. */
    private static long median(List<Long> values) {
        Collections.sort(values);
        return values.get(values.size() / 2);
    }
}
