package io.millrace.bench.compaction;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Fills a topic with keyed records, lets it be compacted, and holds what is left against the input.
 *
 * <pre>
 *   CompactionMain --bootstrap H:P --pid N --threads NAME --left FILE [--mib 5120] [--duplicates 50] [--value 1024] [--codec none]
 * </pre>
 *
 * FILE gets the offsets that are left, one a line: equal files of two brokers mean that both left the same.
 */
@SuppressWarnings({"try", "FutureReturnValueIgnored"}) // an interrupt ends the program; the callback tells
final class CompactionMain {

    private static final String TOPIC = "compacted";
    private static final String BESIDE = "beside";
    private static final Duration QUIET = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofMinutes(30);
    private static final long CLOCK_TICKS_PER_SECOND = 100;

    private final Map<String, String> options = new HashMap<>();
    private final String bootstrap;
    private final KeyedInput input;
    private final TopicPartition partition = new TopicPartition(TOPIC, 0);

    private CompactionMain(String[] args) {
        for (int i = 0; i + 1 < args.length; i += 2) {
            options.put(args[i], args[i + 1]);
        }
        bootstrap = option("--bootstrap", "localhost:9092");
        input = KeyedInput.of(
                Long.parseLong(option("--mib", "5120")),
                Integer.parseInt(option("--duplicates", "50")),
                Integer.parseInt(option("--value", "1024")));
    }

    private String option(String name, String otherwise) {
        return options.getOrDefault(name, otherwise);
    }

    public static void main(String[] args) throws Exception {
        if (!new CompactionMain(args).run()) {
            System.exit(1);
        }
    }

    private boolean run() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            // Not compacted before all of it is there: no log is more than all dirty.
            admin.createTopics(List.of(
                            new NewTopic(TOPIC, 1, (short) 1)
                                    .configs(Map.of(
                                            "cleanup.policy",
                                            "compact",
                                            "min.cleanable.dirty.ratio",
                                            "1",
                                            "segment.bytes",
                                            option("--segment", "67108864"))),
                            new NewTopic(BESIDE, 1, (short) 1)))
                    .all()
                    .get();
            fill();
            set(admin, "segment.ms", "1000");
            TimeUnit.MILLISECONDS.sleep(1500);
            // Ends the segment before it: everything but this record can be compacted.
            send(input.records(), input.records() + 1);
            long before = size(admin);
            try (PacedProducer producer = new PacedProducer(bootstrap, BESIDE)) {
                TimeUnit.SECONDS.sleep(10);
                System.out.println("without compaction " + producer.taken());
                compact(admin, producer, before);
            }
        }
        return check();
    }

    private void compact(Admin admin, PacedProducer producer, long before) throws Exception {
        double cpuBefore = cpuSeconds();
        double passBefore = passCpuSeconds();
        long startNs = System.nanoTime();
        set(admin, "min.cleanable.dirty.ratio", "0.01");
        long size = before;
        long changedNs = startNs;
        double cpuAtChange = cpuBefore;
        double passAtChange = passBefore;
        String felt = "";
        while (System.nanoTime() - changedNs < QUIET.toNanos()) {
            if (System.nanoTime() - startNs > PATIENCE.toNanos()) {
                throw new IllegalStateException("compaction does not end within " + PATIENCE);
            }
            TimeUnit.MILLISECONDS.sleep(250);
            long now = size(admin);
            if (now != size) {
                size = now;
                changedNs = System.nanoTime();
                cpuAtChange = cpuSeconds();
                passAtChange = passCpuSeconds();
                felt = "";
            } else if (felt.isEmpty() && size < before) {
                felt = producer.taken();
                System.out.println("while compacting " + felt);
            }
        }
        double seconds = (changedNs - startNs) / 1e9;
        double mib = before / (double) (1 << 20);
        System.out.printf(
                "compacted %.0f MiB to %.0f MiB in %.1f s: %.1f MiB/s, %.2f CPU-s/GiB of the pass, %.2f of the process, %s%n",
                mib,
                size / (double) (1 << 20),
                seconds,
                mib / seconds,
                (passAtChange - passBefore) / (mib / 1024),
                (cpuAtChange - cpuBefore) / (mib / 1024),
                memory());
    }

    private void fill() throws InterruptedException {
        long startNs = System.nanoTime();
        send(0, input.records());
        System.out.printf(
                "filled records=%d keys=%d in %.1f s%n",
                input.records(), input.keys(), (System.nanoTime() - startNs) / 1e9);
    }

    private void send(long from, long to) throws InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "acks",
                        "all",
                        "batch.size",
                        65536,
                        "linger.ms",
                        5,
                        "compression.type",
                        option("--codec", "none")),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (long record = from; record < to; record++) {
                boolean marker = record >= input.records();
                byte[] key = marker ? "marker".getBytes(StandardCharsets.UTF_8) : input.key(record);
                producer.send(new ProducerRecord<>(TOPIC, 0, key, input.value(record)), (ack, failure) -> {
                    if (failure != null) {
                        throw new IllegalStateException(failure);
                    }
                });
            }
            producer.flush();
        }
    }

    private static void set(Admin admin, String key, String value) throws ExecutionException, InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
        AlterConfigOp change = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all().get();
    }

    private long size(Admin admin) throws ExecutionException, InterruptedException {
        return admin.describeLogDirs(List.of(1)).allDescriptions().get().values().stream()
                .flatMap(folders -> folders.values().stream())
                .filter(folder -> folder.replicaInfos().containsKey(partition))
                .mapToLong(folder -> folder.replicaInfos().get(partition).size())
                .sum();
    }

    /** Of the broker's process; 0 when its id was not given. */
    private double cpuSeconds() throws IOException {
        String pid = option("--pid", "");
        if (pid.isEmpty()) {
            return 0;
        }
        return cpuSeconds(Files.readString(Path.of("/proc/" + pid + "/stat")));
    }

    private static double cpuSeconds(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / (double) CLOCK_TICKS_PER_SECOND;
    }

    /** Of the threads that compact, by the beginning of their name, which Linux cuts to 15 characters; 0 when it was not given. */
    private double passCpuSeconds() throws IOException {
        String pid = option("--pid", "");
        String name = option("--threads", "");
        if (pid.isEmpty() || name.isEmpty()) {
            return 0;
        }
        double seconds = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path task : tasks) {
                String stat = statOf(task);
                seconds += stat.contains("(" + name) ? cpuSeconds(stat) : 0;
            }
        }
        return seconds;
    }

    /** Empty when the thread has ended meanwhile: those that compact do not. */
    private static String statOf(Path task) {
        try {
            return Files.readString(task.resolve("stat"));
        } catch (IOException gone) {
            return "";
        }
    }

    private String memory() throws IOException {
        String pid = option("--pid", "");
        if (pid.isEmpty()) {
            return "";
        }
        return String.join(
                " ",
                Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                        .filter(line -> line.startsWith("VmHWM") || line.startsWith("VmRSS"))
                        .map(line -> line.replaceAll("\\s+", " "))
                        .toList());
    }

    /** A consumer from the beginning: exactly the last record of every key, with its value. */
    private boolean check() throws IOException {
        long[] last = input.lastOffsets();
        boolean[] seen = new boolean[last.length];
        long left = 0;
        long wrong = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        Map.of("bootstrap.servers", bootstrap),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
                PrintWriter out = new PrintWriter(
                        Files.newBufferedWriter(Path.of(option("--left", "left.txt")), StandardCharsets.UTF_8))) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    out.println(record.offset());
                    if (record.offset() < input.records()) {
                        left++;
                        int key = (int) ByteBuffer.wrap(record.key()).getLong();
                        boolean right = last[key] == record.offset()
                                && !seen[key]
                                && Arrays.equals(record.value(), input.value(record.offset()));
                        seen[key] = true;
                        wrong += right ? 0 : 1;
                    }
                }
            }
        }
        boolean equal = wrong == 0 && left == input.keys();
        System.out.println("left=" + left + " keys=" + input.keys() + " wrong=" + wrong + " equalToMap=" + equal);
        return equal;
    }
}
