package io.millrace.rounds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * {@code GroupRounds BOOTSTRAP ROUNDS ASSIGNOR SEED FOLDER BROKER-COMMAND...}: three member processes read what is produced
 * meanwhile; every round kills one or two of them with SIGKILL, every other round the broker too, before or after the members were
 * started again, so that it goes down in quiet times as in rebalances. Then all that was acknowledged must have been read where it
 * was acknowledged, in order, and no committed offset may have gone back. Exits with 1 otherwise.
 */
public final class GroupRounds {

    private static final int PARTITIONS = 6;
    private static final int MEMBERS = 3;
    private static final String TOPIC = "rounds";
    private static final long PATIENCE_MS = 90_000;
    private static final int PROGRESS = 500;
    private static final int TWO_VICTIMS_IN = 4;

    private final String bootstrap;
    private final String assignor;
    private final String group;
    private final Path folder;
    private final List<String> brokerCommand;
    private final Random random;
    private final RoundsProducer producer;
    private final CommitWatch watch;
    private final List<Process> members = new ArrayList<>();
    private Process broker;
    private int started;
    private int ended;
    private int stalls;

    private GroupRounds(String[] arguments) throws IOException {
        bootstrap = arguments[0];
        assignor = arguments[2];
        group = "rounds-" + assignor.substring(assignor.lastIndexOf('.') + 1);
        random = new Random(Long.parseLong(arguments[3]));
        folder = Files.createDirectories(Path.of(arguments[4]));
        brokerCommand = List.of(arguments).subList(5, arguments.length);
        producer = new RoundsProducer(bootstrap, TOPIC, PARTITIONS);
        watch = new CommitWatch(bootstrap, group);
        broker = startBroker();
    }

    public static void main(String[] arguments) throws Exception {
        GroupRounds rounds = new GroupRounds(arguments);
        boolean good;
        try {
            good = rounds.run(Integer.parseInt(arguments[1]));
        } finally {
            rounds.members.forEach(Process::destroyForcibly);
            rounds.broker.destroyForcibly().waitFor();
        }
        System.exit(good ? 0 : 1);
    }

    private Process startBroker() throws IOException {
        return new ProcessBuilder(brokerCommand)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("broker.log").toFile()))
                .start();
    }

    private Process startMember() throws IOException {
        int number = started++;
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        GroupMemberProcess.class.getName(),
                        bootstrap,
                        TOPIC,
                        group,
                        assignor,
                        folder.resolve("member-" + number).toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("member-" + number + ".log").toFile())
                .start();
    }

    private boolean run(int rounds) throws Exception {
        long startMs = System.currentTimeMillis();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                    .all()
                    .get();
            producer.start();
            watch.start();
            for (int i = 0; i < MEMBERS; i++) {
                members.add(startMember());
            }
            awaitCommits(admin);
            for (int round = 1; round <= rounds; round++) {
                round(round % 2 == 0);
                System.out.println("round=" + round + " acknowledged=" + producer.acknowledged());
            }
            producer.stop();
            Map<TopicPartition, Long> ends = ends(admin);
            boolean caughtUp = awaitCommitted(admin, ends);
            watch.stop();
            return report(ends, caughtUp, (System.currentTimeMillis() - startMs) / 1_000);
        }
    }

    /** Kills, waits and starts at random times. A member that was not killed must not have ended. */
    private void round(boolean brokerToo) throws Exception {
        pause(4_000);
        List<Integer> victims = new ArrayList<>(List.of(random.nextInt(MEMBERS)));
        if (random.nextInt(TWO_VICTIMS_IN) == 0) {
            victims.add((victims.getFirst() + 1) % MEMBERS);
        }
        for (int member = 0; member < MEMBERS; member++) {
            if (!members.get(member).isAlive()) {
                System.out.println("member-" + member + " of this round had ended by itself");
                ended++;
                members.set(member, startMember());
            }
        }
        for (int victim : victims) {
            members.get(victim).destroyForcibly().waitFor();
        }
        boolean inRebalance = random.nextBoolean();
        // Often beyond the session's end after 6 s.
        pause(9_000);
        if (brokerToo && !inRebalance) {
            killBroker();
        }
        for (int victim : victims) {
            members.set(victim, startMember());
        }
        if (brokerToo && inRebalance) {
            pause(2_500);
            killBroker();
        }
        pause(3_000);
        awaitProgress();
    }

    private void killBroker() throws Exception {
        broker.destroyForcibly().waitFor();
        pause(1_500);
        broker = startBroker();
    }

    private void pause(int atMostMs) throws InterruptedException {
        Thread.sleep(random.nextInt(atMostMs));
    }

    /** A round is worth something when the broker and its clients were at work in it. */
    private void awaitProgress() throws InterruptedException {
        long enough = producer.acknowledged() + PROGRESS;
        long endMs = System.currentTimeMillis() + PATIENCE_MS;
        while (producer.acknowledged() < enough) {
            if (System.currentTimeMillis() > endMs) {
                System.out.println("nothing was acknowledged for " + PATIENCE_MS + " ms");
                stalls++;
                return;
            }
            Thread.sleep(100);
        }
    }

    private Map<TopicPartition, Long> ends(Admin admin) throws Exception {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            asked.put(new TopicPartition(TOPIC, partition), OffsetSpec.latest());
        }
        Map<TopicPartition, Long> ends = new HashMap<>();
        admin.listOffsets(asked).all().get().forEach((partition, found) -> ends.put(partition, found.offset()));
        return ends;
    }

    /** Before the first kill the group works. */
    private void awaitCommits(Admin admin) throws Exception {
        long endMs = System.currentTimeMillis() + PATIENCE_MS;
        while (committed(admin).size() < PARTITIONS && System.currentTimeMillis() < endMs) {
            Thread.sleep(200);
        }
    }

    private boolean awaitCommitted(Admin admin, Map<TopicPartition, Long> ends) throws Exception {
        long endMs = System.currentTimeMillis() + PATIENCE_MS;
        while (System.currentTimeMillis() < endMs) {
            if (committed(admin).equals(ends)) {
                return true;
            }
            Thread.sleep(200);
        }
        return false;
    }

    private Map<TopicPartition, Long> committed(Admin admin) throws InterruptedException {
        Map<TopicPartition, Long> committed = new HashMap<>();
        try {
            Map<TopicPartition, OffsetAndMetadata> found = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
            found.forEach((partition, offset) -> committed.put(partition, offset.offset()));
        } catch (ExecutionException e) {
            System.err.println("committed offsets: " + e.getCause());
        }
        return committed;
    }

    /** Prints one line; true when every promise held. */
    private boolean report(Map<TopicPartition, Long> ends, boolean caughtUp, long seconds) throws IOException {
        GroupRoundsCheck check = new GroupRoundsCheck(PARTITIONS);
        for (int file = 0; file < started; file++) {
            check.readFile(folder.resolve("member-" + file));
        }
        long inLog = 0;
        long missing = 0;
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            inLog += end.getValue();
            missing += check.missing(end.getKey().partition(), end.getValue());
        }
        Map<String, Long> broken = new LinkedHashMap<>();
        broken.put("missing", missing);
        broken.put("lost", check.lost(producer.numbers()));
        broken.put("unsorted", check.unsorted());
        broken.put("changed", check.changed());
        broken.put("outOfOrder", check.outOfOrder());
        broken.put("wentBack", check.wentBack() + watch.wentBack());
        broken.put("twiceInLog", inLog - producer.acknowledged());
        broken.put("notSent", producer.failed());
        broken.put("membersEnded", (long) ended);
        broken.put("stalls", (long) stalls);
        broken.put("behind", caughtUp ? 0L : 1L);
        StringBuilder line = new StringBuilder();
        broken.forEach(
                (name, count) -> line.append(' ').append(name).append('=').append(count));
        System.out.printf(
                "group=%s seconds=%d members=%d acknowledged=%d read=%d duplicates=%.2f%% begins=%d looks=%d%s%n",
                group,
                seconds,
                started,
                producer.acknowledged(),
                check.records(),
                check.duplicatePercent(),
                check.begins(),
                watch.looks(),
                line);
        return producer.acknowledged() > 0 && broken.values().stream().allMatch(count -> count == 0);
    }
}
