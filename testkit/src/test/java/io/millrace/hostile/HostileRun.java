package io.millrace.hostile;

import io.millrace.hostile.corpus.Corpus;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code HostileRun FRAMES SEED}: so many mutants against a broker process, healthy clients beside them; prints what came of it in
 * Markdown and ends with 1 if anything is a fault of the broker. Owned by its thread.
 */
public final class HostileRun {

    private static final int SENDERS = 12;
    private static final String KEPT = "healthy-";
    private static final int WARM_UP_DIVISOR = 10;
    private static final int SETTLE_S = 20;

    private final HostileBroker broker;
    private final long seed;
    private final OutcomeTable table = new OutcomeTable();
    private final WatchedWaits waits = new WatchedWaits(table);
    private final Map<Short, List<Seed>> seeds;
    private final Vocabulary vocabulary;
    private final List<String> faults = new ArrayList<>();
    private final StringBuilder report = new StringBuilder();

    private HostileRun(HostileBroker broker, long seed, Corpus corpus) {
        this.broker = broker;
        this.seed = seed;
        this.seeds = Seed.of(corpus);
        this.vocabulary = new Vocabulary(corpus);
    }

    public static void main(String[] args) throws Exception {
        long frames = args.length > 0 ? Long.parseLong(args[0]) : 1_000_000;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
        System.exit(run(frames, seed, List.of("-Xmx512m")) ? 0 : 1);
    }

    /** Whether the broker did nothing wrong; prints the report. */
    @SuppressWarnings("try") // closed before its folder is deleted
    static boolean run(long frames, long seed, List<String> jvm) throws Exception {
        Path work = Files.createTempDirectory("millrace-hostile");
        List<String> settings = List.of(
                "num.partitions=2",
                "group.initial.rebalance.delay.ms=0",
                "log.retention.bytes=10000000",
                "log.segment.bytes=10485760",
                "offsets.topic.num.partitions=8");
        try (HostileBroker broker = HostileBroker.start(work, jvm, settings)) {
            HostileRun run = new HostileRun(broker, seed, recorded());
            run.attack(frames);
            System.out.print(run.report);
            run.faults.forEach(fault -> System.out.println("FAULT " + fault));
            System.out.println(run.faults.isEmpty() ? "PASSED" : "FAILED: see " + work);
            if (run.faults.isEmpty() && !Boolean.getBoolean("hostile.keep")) {
                broker.close();
                delete(work);
            }
            return run.faults.isEmpty();
        }
    }

    private static Corpus recorded() throws IOException {
        try (InputStream in = HostileRun.class.getResourceAsStream("/hostile/corpus.gz")) {
            if (in == null) {
                throw new IOException("the recorded corpus is not on the class path");
            }
            return Corpus.read(in);
        }
    }

    @SuppressWarnings("try") // closed before the figures are taken
    private void attack(long frames) throws Exception {
        try (TopicKeeper keeper = new TopicKeeper(broker.bootstrap(), vocabulary, KEPT);
                HealthyClients healthy = new HealthyClients(broker.bootstrap(), KEPT + seed)) {
            healthy.start();
            keeper.start();
            line("fresh: " + broker.measure());
            send(frames / WARM_UP_DIVISOR, 0);
            line("after " + table.total() + " frames of warm-up: " + broker.measure());
            long startNs = System.nanoTime();
            send(frames - frames / WARM_UP_DIVISOR, SENDERS);
            double seconds = (System.nanoTime() - startNs) / 1e9;
            line(String.format("%d frames in %.0f s, seed %d", table.total(), seconds, seed));
            keeper.stop();
            line(waits.end());
            line("left behind by mutants: " + keeper.cleanUp());
            healthy.close();
            settle();
            line("after: " + broker.measure());
            broker.keepDetails();
            line("healthy clients: " + healthy.report());
            line("closed by the broker, by reason: " + closeReasons());
            judge(healthy, keeper);
            report.append('\n').append(table.markdown());
        }
        if (!broker.stop()) {
            faults.add("the broker did not stop in order");
        }
    }

    private void line(String text) {
        System.out.println("  " + text);
        report.append("- ").append(text).append('\n');
    }

    private void send(long frames, int firstSeed) throws Exception {
        HostileSender.Shared shared = new HostileSender.Shared(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), broker.port()),
                new AtomicLong(frames),
                table,
                waits,
                vocabulary);
        Bombs bombs = new Bombs();
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            Random random = new Random(seed * 1_000 + firstSeed + i);
            FrameMutator mutator = new FrameMutator(random, seeds, vocabulary, bombs);
            // An address of its own, so that ports suffice for many short connections.
            InetAddress from = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (10 + i)});
            senders.add(
                    Thread.ofPlatform().name("sender-" + i).start(new HostileSender(shared, mutator, random, from)));
        }
        for (Thread sender : senders) {
            while (!sender.join(java.time.Duration.ofSeconds(20))) {
                System.out.printf(
                        "  %s: %d frames, %d past the header, %d bugs, RSS %d MiB%n",
                        java.time.LocalTime.now(java.time.ZoneOffset.UTC).withNano(0),
                        table.total(),
                        table.pastHeader(),
                        table.bugCount(),
                        broker.rssBytes() >> 20);
                if (!broker.isAlive()) {
                    throw new IllegalStateException("the broker ended:\n" + broker.output());
                }
            }
        }
    }

    /** Until what waited at the broker is over. */
    private void settle() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_S);
        while (System.nanoTime() < end && broker.metric("millrace_network_in_flight_requests", "") > 0) {
            TimeUnit.MILLISECONDS.sleep(500);
        }
    }

    private String closeReasons() {
        return String.join(
                ", ",
                broker.scrape()
                        .lines()
                        .filter(line ->
                                line.startsWith("millrace_network_connections_closed_total") && !line.endsWith(" 0.0"))
                        .map(line -> line.replaceAll(".*reason=\"([^\"]*)\"} (\\S+)", "$1 $2"))
                        .toList());
    }

    private void judge(HealthyClients healthy, TopicKeeper keeper) {
        line(String.format(
                "%d of %d frames (%.0f %%) certainly past the header: answered, or waiting as asked; at least %d of each API",
                table.pastHeader(), table.total(), 100.0 * table.pastHeader() / table.total(), table.fewest()));
        if (table.bugCount() + waits.late() > 0) {
            faults.add((table.bugCount() + waits.late()) + " frames met with a fault");
        }
        faults.addAll(table.bugs());
        healthy.errors().stream().limit(20).forEach(error -> faults.add("a healthy client: " + error));
        if (healthy.rebalances() > 0) {
            faults.add("the healthy group was rebalanced");
        }
        keeper.troubles().stream().limit(20).forEach(trouble -> faults.add("the keeper of topics: " + trouble));
        broker.troubles().stream().limit(40).forEach(trouble -> faults.add("broker's log: " + trouble));
        if (table.pastHeader() * 2 < table.total()) {
            faults.add("less than half got past the header: the mutations are too crude");
        }
        for (short api : seeds.keySet()) {
            String name = org.apache.kafka.common.protocol.ApiKeys.forId(api).name;
            if (!report.isEmpty() && !table.markdown().contains("| " + name + " |")) {
                faults.add("no frame of " + name);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
