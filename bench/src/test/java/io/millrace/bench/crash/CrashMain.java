package io.millrace.bench.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;

/**
 * Crashes a broker under load, again and again, and holds what it kept against what it acknowledged.
 *
 * <pre>
 *   CrashMain kill|power|control ROUNDS PORT WORK-FOLDER BROKER-COMMAND
 * </pre>
 *
 * {@code kill}: kill -9, same data folder. {@code power}: the process is stopped, the disk copied as it is, the process killed,
 * and the next start gets the copy. {@code control}: {@code power} with a broker command whose syncs do nothing; it must lose
 * acknowledged records, or the harness proves nothing. Exit code 0 when the outcome is the wanted one.
 */
public final class CrashMain {

    private static final String TOPIC = "crash";
    private static final int PARTITIONS = 6;
    private static final int WRITERS = 4;
    private static final int MAX_CHECKS = 25;
    private static final int CHECK_KILLS_EVERY = 10;
    private static final int MAX_IN_FLIGHT_PER_WRITER = 1500;
    private static final long MIN_IN_FLIGHT = 1000;
    private static final long MIN_NEW_ACKS = 4000;
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration PROGRESS_LIMIT = Duration.ofSeconds(90);

    private final boolean powerCuts;
    private final int rounds;
    private final int port;
    private final Path work;
    private final String command;
    private final Random random = new Random(42);
    private final List<Writer> writers = new ArrayList<>();
    private final List<Ledger> ledgers = new ArrayList<>();
    private final List<Shortfall> shortfalls = new ArrayList<>();
    private int crashes;
    private long inFlightSum;
    private long inFlightLeast = Long.MAX_VALUE;
    private long slowestRestartMs;

    private CrashMain(boolean powerCuts, int rounds, int port, Path work, String command) {
        this.powerCuts = powerCuts;
        this.rounds = rounds;
        this.port = port;
        this.work = work;
        this.command = command;
    }

    public static void main(String[] args) throws Exception {
        if (args.length != 5) {
            System.err.println("usage: CrashMain kill|power|control ROUNDS PORT WORK-FOLDER BROKER-COMMAND");
            System.exit(2);
        }
        boolean wanted =
                crash(args[0], Integer.parseInt(args[1]), Integer.parseInt(args[2]), Path.of(args[3]), args[4]);
        System.out.println(wanted ? "RESULT ok" : "RESULT FAILED");
        System.exit(wanted ? 0 : 1);
    }

    /** Whether the outcome is the wanted one. Arguments as on the command line. */
    static boolean crash(String mode, int rounds, int port, Path work, String command) throws Exception {
        return new CrashMain(!mode.equals("kill"), rounds, port, work, command).run(mode.equals("control"));
    }

    private String bootstrap() {
        return "127.0.0.1:" + port;
    }

    private boolean run(boolean control) throws Exception {
        Files.createDirectories(work);
        try (DataDisk disk = powerCuts ? new ImageDisk(DataImage.create(work)) : new PlainDisk(work)) {
            @Nullable BrokerProcess broker = null;
            try {
                broker = start(disk);
                createTopic();
                if (control) {
                    // So that the topic itself is there after the cut, and the loss is of records.
                    Shell.run("sync", "-f", disk.data().toString());
                }
                for (int i = 0; i < WRITERS; i++) {
                    Ledger ledger = new Ledger(i);
                    ledgers.add(ledger);
                    writers.add(new Writer(ledger, bootstrap(), TOPIC, PARTITIONS, MAX_IN_FLIGHT_PER_WRITER));
                }
                for (int round = 1; round <= rounds; round++) {
                    broker = crash(round, broker, disk);
                    Verdict verdict = round % checkEvery() == 0 ? check(round) : null;
                    if (verdict != null && !verdict.isClean()) {
                        return report(control, verdict);
                    }
                }
                return report(control, finish());
            } finally {
                writers.forEach(Writer::close);
                if (broker != null) {
                    broker.kill();
                }
            }
        }
    }

    /**
     * A look reads all there is, so a long run looks less often. What is lost stays lost: an acknowledged record is never sent
     * again.
     */
    private int checkEvery() {
        return powerCuts ? Math.max(1, rounds / MAX_CHECKS) : CHECK_KILLS_EVERY;
    }

    private BrokerProcess start(DataDisk disk) throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        BrokerProcess broker = BrokerProcess.start(command, port, disk.data(), work.resolve("broker.log"));
        try {
            broker.awaitListening(port, START_LIMIT);
        } catch (IllegalStateException e) {
            broker.kill();
            throw e;
        }
        slowestRestartMs = Math.max(slowestRestartMs, (System.nanoTime() - startNs) / 1_000_000);
        return broker;
    }

    private BrokerProcess crash(int round, BrokerProcess broker, DataDisk disk)
            throws IOException, InterruptedException {
        awaitLoad();
        TimeUnit.MILLISECONDS.sleep(random.nextInt(250));
        long inFlight = inFlight();
        while (inFlight < MIN_IN_FLIGHT) {
            TimeUnit.MILLISECONDS.sleep(1);
            inFlight = inFlight();
        }
        shortfalls.add(disk.crash(broker));
        crashes++;
        inFlightSum += inFlight;
        inFlightLeast = Math.min(inFlightLeast, inFlight);
        long acked = ledgers.stream().mapToLong(Ledger::acked).sum();
        BrokerProcess next = start(disk);
        System.out.printf(
                "round %d of %d: %d acked, %d in flight at the crash%s%n",
                round, rounds, acked, inFlight, powerCuts ? "; " + shortfalls.getLast() : "");
        return next;
    }

    /** The load is itself again: enough new acknowledgements since the start, enough waiting. */
    private void awaitLoad() throws InterruptedException {
        long base = acked();
        long endNs = System.nanoTime() + PROGRESS_LIMIT.toNanos();
        while (acked() - base < MIN_NEW_ACKS || inFlight() < MIN_IN_FLIGHT) {
            if (System.nanoTime() > endNs) {
                throw new IllegalStateException("no progress: " + (acked() - base) + " new acks, " + inFlight()
                        + " in flight, errors " + errors());
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    private long acked() {
        return ledgers.stream().mapToLong(Ledger::acked).sum();
    }

    private long inFlight() {
        return ledgers.stream().mapToLong(Ledger::inFlight).sum();
    }

    private List<String> errors() {
        List<String> errors = new ArrayList<>();
        for (Writer writer : writers) {
            String error = writer.lastError();
            if (error != null) {
                errors.add(error);
            }
        }
        return errors;
    }

    private Verdict check(int round) {
        List<long[]> acked = ledgers.stream().map(Ledger::snapshot).toList();
        writers.forEach(writer -> writer.pause(true));
        Verdict verdict = new TopicReader(bootstrap(), TOPIC, PARTITIONS).check(acked, ledgers);
        writers.forEach(writer -> writer.pause(false));
        System.out.println("after round " + round + ": " + verdict);
        return verdict;
    }

    private Verdict finish() throws InterruptedException {
        for (Writer writer : writers) {
            writer.drain(PROGRESS_LIMIT);
        }
        long failed = ledgers.stream().mapToLong(Ledger::failed).sum();
        System.out.println("sent=" + ledgers.stream().mapToLong(Ledger::sent).sum() + " acked=" + acked() + " failed="
                + failed + " unanswered=" + inFlight() + " errors=" + errors());
        Verdict verdict = check(rounds);
        if (failed + inFlight() > 0) {
            verdict.lost(failed + inFlight() + " records were given up or never answered");
        }
        return verdict;
    }

    private boolean report(boolean control, Verdict verdict) {
        System.out.printf(
                "crashes=%d inFlightAtCrash least=%d mean=%d slowestStartMs=%d%n%s%n",
                crashes, inFlightLeast, inFlightSum / Math.max(1, crashes), slowestRestartMs, verdict);
        if (powerCuts) {
            System.out.printf(
                    "powerCutsThatLostUnsyncedBytes=%d ofThem inTheJournal=%d medianBytesLost=%d%n",
                    shortfalls.stream().filter(Shortfall::isLoss).count(),
                    shortfalls.stream().filter(one -> one.journalBytes() > 0).count(),
                    shortfalls.stream()
                            .mapToLong(Shortfall::lackingBytes)
                            .sorted()
                            .skip(shortfalls.size() / 2)
                            .findFirst()
                            .orElse(0));
        }
        verdict.findings().forEach(finding -> System.out.println("  " + finding));
        return control ? verdict.lost() > 0 : verdict.isClean();
    }

    private void createTopic() throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
    }

    /** Where the broker's data lies, and how the lights go out. */
    private interface DataDisk extends AutoCloseable {
        Path data();

        /** What of the written did not survive. */
        Shortfall crash(BrokerProcess broker) throws IOException, InterruptedException;

        @Override
        void close() throws IOException;
    }

    /** A killed process takes nothing with it. */
    private record PlainDisk(Path work) implements DataDisk {

        private static final Shortfall NOTHING = new Shortfall(0, 0, 0, 0);

        @Override
        public Path data() {
            return work.resolve("data");
        }

        @Override
        public Shortfall crash(BrokerProcess broker) throws InterruptedException {
            broker.kill();
            return NOTHING;
        }

        @Override
        public void close() {}
    }

    private record ImageDisk(DataImage image) implements DataDisk {

        @Override
        public Path data() {
            return image.mount().resolve("data");
        }

        @Override
        public Shortfall crash(BrokerProcess broker) throws IOException, InterruptedException {
            broker.freeze();
            image.snapshot();
            broker.kill();
            Shortfall shortfall = image.shortfall();
            image.powerCycle();
            return shortfall;
        }

        @Override
        public void close() throws IOException {
            image.close();
        }
    }
}
