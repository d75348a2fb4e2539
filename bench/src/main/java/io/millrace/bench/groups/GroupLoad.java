package io.millrace.bench.groups;

import io.millrace.bench.load.LoadOptions;
import io.millrace.bench.load.TopicCreation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * One group of a thousand members, then ten thousand groups of one, on a broker of its own. Prints a line per phase: how long it
 * took, latencies of heartbeats and commits in it, and of a produce and a Metadata request that a probe repeats meanwhile.
 *
 * <pre>
 * --command "./millrace dev --port {port} --data {data}" --port 19592 --folder DIR --members 1000 --groups 10000 --rounds 5
 * --heartbeat-ms 3000 --commit-ms 5000 --seconds 20
 * </pre>
 */
public final class GroupLoad {

    private static final long NANOS_PER_MS = 1_000_000;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long LIMIT_NS = 300_000_000_000L;
    /** A tenth of the members comes or goes at once. */
    private static final int CROWD_SHARE = 10;

    private static final int COMINGS = 100;
    private static final long COMING_EVERY_MS = 100;
    private static final int COMMIT_ROUNDS = 10;
    private static final int COMMITS_IN_FLIGHT = 256;

    private final LoadedBroker broker;
    private final GroupFigures figures = new GroupFigures();
    private final StallProbe probe;
    private final long heartbeatNs;

    private GroupLoad(LoadedBroker broker, int heartbeatMs) throws IOException, InterruptedException {
        this.broker = broker;
        this.heartbeatNs = heartbeatMs * NANOS_PER_MS;
        TopicCreation.create(broker.bootstrap(), GroupFigures.TOPIC, 1, Map.of());
        broker.findCoordinator();
        this.probe = StallProbe.start(broker.bootstrap());
    }

    @SuppressWarnings("try") // an interrupt while closing ends the program
    public static void main(String[] arguments) throws Exception {
        LoadOptions options = new LoadOptions(arguments);
        String command = options.text("command", "./millrace dev --port {port} --data {data}");
        int port = options.number("port", 19592);
        Path folder = Files.createDirectories(Path.of(options.text("folder", "group-load")));
        int members = options.number("members", 1_000);
        int groups = options.number("groups", 10_000);
        int rounds = options.number("rounds", 5);
        int heartbeatMs = options.number("heartbeat-ms", 3_000);
        int commitMs = options.number("commit-ms", 5_000);
        int seconds = options.number("seconds", 20);
        options.checkAllUsed();
        try (LoadedBroker broker = new LoadedBroker(command, port, folder)) {
            GroupLoad load = new GroupLoad(broker, heartbeatMs);
            try {
                load.manyMembers(members, rounds, seconds);
                load.manyGroups(groups, commitMs, seconds);
            } finally {
                load.probe.stop();
            }
            say("kill -9, then all groups listed", broker.restartMs(groups), broker.memory());
        }
        System.exit(0);
    }

    private static void say(String phase, long tookMs, String more) {
        System.out.println("phase=\"" + phase + "\" ms=" + tookMs + " " + more);
    }

    /** Runs until {@code done} and prints the phase. */
    private void phase(ClientLoop loop, String name, BooleanSupplier done) throws IOException {
        long startNs = System.nanoTime();
        loop.runUntil(done, LIMIT_NS);
        say(name, (System.nanoTime() - startNs) / NANOS_PER_MS, figures.take() + " " + probe.take());
    }

    private void quiet(ClientLoop loop, String name, int seconds) throws IOException {
        long endNs = System.nanoTime() + (long) (seconds * NANOS_PER_SECOND);
        phase(loop, name, () -> System.nanoTime() - endNs >= 0);
    }

    private void manyMembers(int count, int rounds, int seconds) throws IOException, InterruptedException {
        say("before", 0, broker.memory());
        try (ClientLoop loop = new ClientLoop(broker.bootstrap())) {
            List<LoadMember> members = new ArrayList<>();
            join(loop, members, count);
            rebalance(loop, count + " members join an empty group", members);
            quiet(loop, "they send heartbeats", seconds);
            say("with " + count + " members", 0, broker.memory());
            for (int round = 0; round < rounds; round++) {
                leave(members, 1);
                rebalance(loop, "one leaves", members);
                join(loop, members, 1);
                rebalance(loop, "one joins", members);
            }
            int crowd = Math.max(1, count / CROWD_SHARE);
            leave(members, crowd);
            rebalance(loop, crowd + " leave", members);
            join(loop, members, crowd);
            rebalance(loop, crowd + " join", members);
            // Another comes or goes every 100 ms, whatever the rebalance does: each one upsets the one before.
            for (int i = 0; i < COMINGS; i++) {
                boolean joins = i % 2 == 0;
                loop.after(i * COMING_EVERY_MS * NANOS_PER_MS, () -> {
                    if (joins) {
                        join(loop, members, 1);
                    } else {
                        leave(members, 1);
                    }
                });
            }
            quiet(loop, "one comes or goes every 100 ms", COMINGS / 10);
            phase(loop, "until they are stable again", () -> isStable(members, 0));
            leave(members, members.size());
            loop.runFor(1_000 * NANOS_PER_MS);
            figures.take();
        }
    }

    private void join(ClientLoop loop, List<LoadMember> members, int count) {
        for (int i = 0; i < count; i++) {
            LoadMember member = new LoadMember(loop, figures, "thousand", heartbeatNs);
            members.add(member);
            member.start();
        }
    }

    /** The last ones: the leader is the first. Whoever has no id yet cannot leave. */
    private static void leave(List<LoadMember> members, int count) {
        for (int i = 0, at = members.size() - 1; i < count && at >= 0; at--) {
            if (members.get(at).generation() >= 0) {
                members.remove(at).leave();
                i++;
            }
        }
    }

    private void rebalance(ClientLoop loop, String name, List<LoadMember> members) throws IOException {
        int before = members.getFirst().generation();
        phase(loop, name, () -> isStable(members, before + 1));
    }

    private static boolean isStable(List<LoadMember> members, int leastGeneration) {
        int generation = members.getFirst().generation();
        if (generation < leastGeneration) {
            return false;
        }
        for (LoadMember member : members) {
            if (!member.isStable() || member.generation() != generation) {
                return false;
            }
        }
        return true;
    }

    private void manyGroups(int count, int commitMs, int seconds) throws IOException, InterruptedException {
        say("before the groups", 0, broker.memory());
        try (ClientLoop loop = new ClientLoop(broker.bootstrap())) {
            List<LoadMember> members = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                LoadMember member = new LoadMember(loop, figures, "group-" + i, heartbeatNs);
                members.add(member);
                member.start();
            }
            phase(loop, count + " groups of one member", () -> members.stream().allMatch(LoadMember::isStable));
            long startNs = System.nanoTime();
            CommitRun run = new CommitRun(members, COMMIT_ROUNDS);
            run.start(COMMITS_IN_FLIGHT);
            loop.runUntil(run::isDone, LIMIT_NS);
            double took = (System.nanoTime() - startNs) / NANOS_PER_SECOND;
            say(
                    "each commits " + COMMIT_ROUNDS + " times, " + COMMITS_IN_FLIGHT + " at once",
                    (long) (took * 1_000),
                    "commits_per_s=%.0f ".formatted(figures.commits() / took) + figures.take() + " " + probe.take());
            members.forEach(member -> member.commitEvery(commitMs * NANOS_PER_MS));
            quiet(loop, "each commits every " + commitMs + " ms", seconds);
            say("with " + count + " groups", 0, broker.memory());
        }
    }

    /** So many commits of so many groups, each group after the other, a few at once. Owned by the loop's thread. */
    private static final class CommitRun {
        private final List<LoadMember> members;
        private final long count;
        private long begun;
        private long done;

        CommitRun(List<LoadMember> members, int rounds) {
            this.members = members;
            this.count = (long) members.size() * rounds;
        }

        void start(int inFlight) {
            for (int i = 0; i < inFlight; i++) {
                next();
            }
        }

        private void next() {
            if (begun < count) {
                members.get((int) (begun++ % members.size())).commit(() -> {
                    done++;
                    next();
                });
            }
        }

        boolean isDone() {
            return done == count;
        }
    }
}
