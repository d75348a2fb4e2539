package io.millrace.verbs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.testkit.TestBroker;
import io.millrace.verbs.CommandLines.Ran;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace log} on folders that a broker wrote: as it leaves them, as a kill leaves them, and with flipped bits. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class LogVerbsIT {

    private static final int RECORDS = 3_000;

    private final CommandLines millrace = new CommandLines();
    private final Random random = new Random(20261121);
    private TestBroker broker;
    private Path killed;
    private Path stopped;
    private Path work;

    @BeforeAll
    void write(@TempDir Path folder) throws Exception {
        work = folder;
        broker = TestBroker.start();
        new CommandLines("--server", broker.bootstrap())
                .succeed("topic", "create", "orders", "--partitions", "1", "--config", "segment.bytes=1048576");
        Map<String, Object> config = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap(), ProducerConfig.BATCH_SIZE_CONFIG, 8_000);
        byte[] value = new byte[1_000];
        List<Future<RecordMetadata>> acks = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                random.nextBytes(value);
                acks.add(producer.send(new ProducerRecord<>("orders", ("k" + i).getBytes(UTF_8), value.clone())));
            }
            producer.flush();
            ProducerRecord<byte[], byte[]> last =
                    new ProducerRecord<>("orders", "key\t\"quoted\"".getBytes(UTF_8), "häh\u001b[2J".getBytes(UTF_8));
            last.headers().add("trace", new byte[] {1, (byte) 0xff});
            acks.add(producer.send(last));
            acks.add(producer.send(new ProducerRecord<>("orders", new byte[] {0, (byte) 0xfe}, null)));
            for (Future<RecordMetadata> ack : acks) {
                ack.get();
            }
        }
        // What a kill leaves is what the files hold once nothing is written behind any more.
        Map<String, Long> before = new HashMap<>();
        await().pollInterval(Duration.ofSeconds(2)).until(() -> {
            Map<String, Long> now = sizesAndTimes(broker.dataFolder());
            boolean same = now.equals(before);
            before.clear();
            before.putAll(now);
            return same;
        });
        killed = copy(broker.dataFolder(), folder.resolve("killed"));
        assertThat(millrace.run("log", "verify", broker.dataFolder().toString()).err())
                .contains("a broker is using ")
                .contains("stop it, or verify a copy");
        Path data = broker.dataFolder();
        broker.broker().close();
        stopped = copy(data, folder.resolve("stopped"));
    }

    @AfterAll
    void stop() {
        broker.close();
    }

    private static Map<String, Long> sizesAndTimes(Path folder) throws IOException {
        Map<String, Long> found = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                found.put(file + " bytes", Files.size(file));
                found.put(file + " time", Files.getLastModifiedTime(file).toMillis());
            }
        }
        return found;
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.sorted().toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (!file.endsWith("reserve")) {
                    Files.copy(file, target);
                }
            }
        }
        return to;
    }

    private static List<Path> named(Path folder, String ending) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> segments(Path folder) {
        return named(folder.resolve("orders-0"), ".log");
    }

    private static void flip(Path file, long position, int bit) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, position);
            one.put(0, (byte) (one.get(0) ^ 1 << bit)).flip();
            channel.write(one, position);
        }
    }

    /** Verifies with one bit flipped, and flips it back. */
    private Ran verifyWith(Path folder, Path file, long position, int bit) throws IOException {
        flip(file, position, bit);
        try {
            return millrace.run("log", "verify", folder.toString(), "-O", "json", "--quiet");
        } finally {
            flip(file, position, bit);
        }
    }

    @Test
    void sideFilesThatWereDeletedAreMadeAgain() throws Exception {
        Path folder = copy(stopped, work.resolve("without-side-files"));
        List<Path> sides = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(file -> file.toString().endsWith(".side")).forEach(sides::add);
        }
        assertThat(sides).hasSizeGreaterThan(1);
        Map<Path, byte[]> before = new HashMap<>();
        for (Path side : sides) {
            before.put(side, Files.readAllBytes(side));
            Files.delete(side);
        }
        Ran made = millrace.succeed("log", "index", folder.toString());
        assertThat(made.err()).contains("made " + sides.size() + " .side files, 0 were whole, 0 segments damaged");
        for (Path side : sides) {
            assertThat(made.out()).contains("made\t" + folder.relativize(side));
            assertThat(Files.readAllBytes(side)).isEqualTo(before.get(side));
        }
        assertThat(millrace.succeed("log", "index", folder.toString()).err()).contains("made 0 .side files");
        millrace.succeed("log", "verify", folder.toString(), "--quiet");
        Path side = sides.getFirst();
        Files.delete(side);
        List<JsonNode> lines = millrace.succeed("log", "index", folder.toString(), "-O", "json")
                .jsonLines();
        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst().path("file").textValue())
                .isEqualTo(folder.relativize(side).toString());
        assertThat(lines.getFirst().path("made").booleanValue()).isTrue();
        assertThat(lines.getFirst().path("damage").isNull()).isTrue();
        Path log = side.resolveSibling(String.valueOf(side.getFileName()).replace(".side", ".log"));
        flip(log, Files.size(log) - 1, 3);
        Ran damaged = millrace.run("log", "index", folder.toString(), "-O", "json");
        assertThat(damaged.exitCode()).isEqualTo(1);
        assertThat(damaged.jsonLines()).hasSize(1);
        assertThat(damaged.jsonLines().getFirst().path("made").booleanValue()).isFalse();
        assertThat(damaged.jsonLines().getFirst().path("damage").textValue()).contains(".log");
        assertThat(millrace.run("log", "index", killed.toString()).err()).contains("did not stop cleanly");
    }

    @Test
    void aStoppedFolderIsGoodAndStaysAsItIs() throws Exception {
        Map<String, Long> before = sizesAndTimes(stopped);
        Ran ran = millrace.succeed("log", "verify", stopped.toString());
        assertThat(ran.err()).contains("stopped cleanly").contains("nothing is damaged");
        assertThat(ran.out().lines()).allMatch(line -> line.startsWith("ok\t"));
        assertThat(ran.out())
                .contains("orders-0/00000000000000000000.log")
                .contains("orders-0/00000000000000000000.side")
                .contains(".idx")
                .contains(".checkpoint")
                .contains("metadata/")
                .contains("journal/boot");
        assertThat(sizesAndTimes(stopped)).isEqualTo(before);
    }

    @Test
    void aKilledFolderHasNoDamage() {
        Ran ran = millrace.succeed("log", "verify", killed.toString());
        assertThat(ran.err()).contains("not stopped cleanly").contains("nothing is damaged");
        assertThat(ran.out()).containsPattern("\\d-0.journal\t\\d+ bytes\t[1-9]\\d* records");
    }

    /** The one of the shard that has the topic's partition. */
    private Path journalInUse() {
        return millrace.succeed("log", "verify", killed.toString())
                .out()
                .lines()
                .filter(line -> line.matches("ok\tjournal/\\d-0\\.journal\t\\d+ bytes\t[1-9]\\d* records"))
                .map(line -> killed.resolve(line.split("\t", -1)[1]))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aFlippedBitIsFoundInEveryKindOfFile() throws Exception {
        Path sealed = segments(stopped).getFirst();
        Path active = segments(stopped).getLast();
        assertThat(sealed).isNotEqualTo(active);
        Map<Path, Long> places = new HashMap<>();
        places.put(sealed, 5_000L);
        places.put(active, Files.size(active) - 3);
        places.put(named(stopped, ".idx").getFirst(), 40L);
        places.put(
                named(stopped, ".side").getFirst(),
                Files.size(named(stopped, ".side").getFirst()) - 5);
        places.put(named(stopped, ".checkpoint").getFirst(), 30L);
        places.put(stopped.resolve("journal/boot"), 20L);
        places.put(named(stopped.resolve("metadata"), ".log").getLast(), 100L);
        places.put(stopped.resolve("orders-0/partition.metadata"), 14L);
        for (Map.Entry<Path, Long> place : places.entrySet()) {
            Ran ran = verifyWith(stopped, place.getKey(), place.getValue(), 3);
            assertThat(ran.exitCode()).as("%s", place).isEqualTo(1);
            assertThat(ran.jsonLines())
                    .as("%s: %s", place, ran)
                    .anyMatch(file -> file.path("damaged").booleanValue()
                            && (place.getKey().endsWith(file.path("file").textValue())
                                    || file.path("faults")
                                            .toString()
                                            .contains(
                                                    place.getKey().getFileName().toString())));
        }
        Path journal = journalInUse();
        Ran ran = verifyWith(killed, journal, 100, 0);
        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.out())
                .contains("journal/" + journal.getFileName())
                .contains("is damaged; a valid group follows at");
        Ran identity = verifyWith(stopped, stopped.resolve("meta.properties"), 70, 1);
        assertThat(identity.exitCode()).isEqualTo(1);
        assertThat(identity.err()).contains("meta.properties");
        millrace.succeed("log", "verify", stopped.toString());
    }

    /** How a client batches is its own affair, so where batches lie is asked. */
    private long positionOfBatchFrom(Path segment, long position) {
        return millrace.succeed("log", "dump", segment.toString(), "-O", "json").jsonLines().stream()
                .mapToLong(line -> line.path("position").longValue())
                .filter(each -> each >= position)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void damageIsNamedWithPartitionOffsetFileAndPosition() throws Exception {
        Path sealed = segments(stopped).getFirst();
        long batch = positionOfBatchFrom(sealed, 40_000);
        long inItsRecords = batch + RecordBatchView.HEADER_BYTES + 10; // the CRC does not cover all of the header
        flip(sealed, inItsRecords, 0);
        Ran plain = millrace.run("log", "verify", stopped.toString(), "--quiet");
        Ran dump = millrace.run("log", "dump", sealed.toString(), "-O", "json");
        flip(sealed, inItsRecords, 0);
        assertThat(plain.exitCode()).isEqualTo(1);
        assertThat(plain.out())
                .containsPattern("DAMAGED\torders-0/0{20}\\.log")
                .containsPattern("damage in orders-0 at offset \\d+, orders-0/0{20}\\.log byte " + batch + ": CRC is")
                .contains("; the next good batch is at ");
        assertThat(plain.err()).contains("1 file damaged in ");
        assertThat(dump.exitCode()).isEqualTo(1);
        List<JsonNode> bad = dump.jsonLines().stream()
                .filter(line -> !line.path("crcValid").booleanValue())
                .toList();
        assertThat(bad).hasSize(1);
        assertThat(bad.getFirst().path("resumesAt").longValue()).isGreaterThan(inItsRecords);
        assertThat(dump.jsonLines().getLast().path("position").longValue()).isGreaterThan(900_000);
    }

    /** Digests and checksums leave no byte of a sealed segment, its side file or a checkpoint uncovered. */
    @Test
    void noBitOfASealedSegmentIsUncovered() throws Exception {
        List<Path> files = new ArrayList<>(List.of(segments(stopped).getFirst()));
        files.addAll(named(stopped, ".side"));
        files.addAll(named(stopped, ".checkpoint"));
        for (int i = 0; i < 60; i++) {
            Path file = files.get(i % files.size());
            long position = random.nextLong(Files.size(file));
            int bit = random.nextInt(8);
            assertThat(verifyWith(stopped, file, position, bit).exitCode())
                    .as("bit %s of byte %s of %s", bit, position, file)
                    .isEqualTo(1);
        }
    }

    @Test
    void whatIsMissingIsFound() throws Exception {
        Path broken = copy(stopped, work.resolve("broken"));
        Path active = segments(broken).getLast();
        try (FileChannel channel = FileChannel.open(active, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 10);
        }
        Ran cut = millrace.run("log", "verify", broken.toString());
        assertThat(cut.exitCode()).isEqualTo(1);
        assertThat(cut.out()).contains("were written and synced");
        Files.delete(active);
        assertThat(millrace.run("log", "verify", broken.toString()).out()).contains("is missing");
        Files.delete(segments(broken).getFirst());
        assertThat(millrace.run("log", "verify", broken.toString()).out())
                .contains("is the first segment, but the log starts at offset 0");
    }

    @Test
    void dumpPrintsBatchesAndRecords() {
        String folder = stopped.resolve("orders-0").toString();
        Ran batches = millrace.succeed("log", "dump", folder);
        assertThat(batches.out())
                .containsPattern("position=0 offsets=0\\.\\.\\d+ records=\\d+ bytes=\\d+ codec=none timestamps=20")
                .containsPattern("producer=\\d+/0 sequence=0\\.\\.\\d+ crc=ok");
        Ran tail = millrace.succeed("log", "dump", folder, "--records", "--from", "" + RECORDS);
        assertThat(tail.out())
                .contains("key=\"key\\t\\\"quoted\\\"\" value=\"häh\\u001b[2J\" header \"trace\"=base64:Af8=")
                .contains("key=base64:AP4= value=null")
                .doesNotContain("offset=" + (RECORDS - 1) + " ");
        Ran one = millrace.succeed("log", "dump", folder, "--records", "--from", "7", "--to", "8", "-O", "json");
        assertThat(one.jsonLines()).hasSize(1);
        JsonNode batch = one.jsonLines().getFirst();
        assertThat(batch.path("crcValid").booleanValue()).isTrue();
        assertThat(batch.path("records")).hasSize(1);
        assertThat(batch.path("records").path(0).path("offset").longValue()).isEqualTo(7);
        assertThat(batch.path("records").path(0).path("key").textValue()).isEqualTo("k7");
        long total = millrace.succeed("log", "dump", folder, "-O", "json").jsonLines().stream()
                .mapToLong(line -> line.path("recordCount").longValue())
                .sum();
        assertThat(total).isEqualTo(RECORDS + 2);
    }

    @Test
    void mistakesSayWhatToName() {
        assertThat(millrace.run("log", "dump", stopped.toString()).err()).contains("name a partition's folder in it");
        assertThat(millrace.run(
                                "log",
                                "dump",
                                stopped.resolve("meta.properties").toString())
                        .err())
                .contains("is no segment");
        assertThat(millrace.run("log", "dump", stopped.resolve("nothing").toString())
                        .err())
                .contains("there is no file or folder");
        assertThat(millrace.run("log", "verify", work.toString()).err()).contains("is not a Millrace data folder");
        assertThat(millrace.run("log", "verify", work.resolve("nothing").toString())
                        .err())
                .contains("there is no folder");
        assertThat(millrace.run("log", "dump", stopped.toString(), "--from", "5", "--to", "5")
                        .exitCode())
                .isEqualTo(2);
    }
}
