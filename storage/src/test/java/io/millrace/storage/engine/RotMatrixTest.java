package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.LogConfig;
import io.millrace.storage.LogSlice;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.ReadResult;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.scrub.ScrubSlot;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One flipped bit in every kind of file that storage writes, at many places of each, after a kill and after a clean stop. Whatever
 * the start makes of it, no wrong record is ever read, and none is missing without a word. {@code -Dmillrace.rot.table} prints the
 * table of docs/faults.md.
 */
class RotMatrixTest {

    private static final Path FOLDER = Path.of("dir");
    private static final int PLACES = 80;
    private static final String FILLER = "f".repeat(9_000);
    private static final List<String> TOPICS = List.of("t", "u");
    private static final int SEALED_BATCHES = 45;
    private static final int LATE_BATCHES = 6;

    /** What came of one flipped bit. */
    enum Outcome {
        /** Everything is there; derived files were made again where they were wrong. */
        WHOLE,
        /** The log is read-only and says so; what is sound is read. */
        READ_ONLY,
        /** The start is refused with a message that names the file. */
        REFUSED,
        /** The last group of the journal, which looks torn: its records are gone (see docs/faults.md). */
        TORN
    }

    record Kind(String name, String pathEnd, boolean afterKill) {
        @Override
        public String toString() {
            return name + (afterKill ? ", killed" : ", stopped");
        }
    }

    static Stream<Kind> kinds() {
        return Stream.of(
                new Kind("journal", ".journal", true),
                new Kind("journal", ".journal", false),
                new Kind("checkpoint", ".checkpoint", true),
                new Kind("checkpoint", ".checkpoint", false),
                new Kind("boot record", "/boot", true),
                new Kind("boot record", "/boot", false),
                new Kind("segment, sealed", "00000000000000000000.log", false),
                new Kind("segment, active", "LAST.log", true),
                new Kind("segment, active", "LAST.log", false),
                new Kind("index", ".idx", false),
                new Kind(".side", ".side", false),
                new Kind("partition.metadata", "/partition.metadata", true),
                new Kind("partition.metadata", "/partition.metadata", false),
                new Kind("reserve", "/reserve", false));
    }

    private static StorageConfig config() {
        return StorageConfig.SMALL.withReserveBytes(4096).withScrub(new ScrubSlot(60_000, 100_000_000));
    }

    private static String value(String topic, long offset) {
        return topic + offset + FILLER;
    }

    /** The image of a directory in use: sealed and active segments, a journal of several groups. */
    private static FaultDisk written(boolean afterKill) throws Exception {
        FaultDisk disk = new FaultDisk(7);
        disk.createDirectories(FOLDER);
        StoreFixture fixture = StoreFixture.open(disk, FOLDER, config());
        for (String topic : TOPICS) {
            fixture.store.create(StoreFixture.identity(topic, 0), LogConfig.DEFAULT.withSegmentBytes(150_000));
        }
        append(fixture, SEALED_BATCHES);
        fixture.close();
        fixture = StoreFixture.open(disk, FOLDER, config());
        append(fixture, LATE_BATCHES);
        if (!afterKill) {
            fixture.close();
        }
        return disk;
    }

    private static void append(StoreFixture fixture, int batches) {
        for (int i = 0; i < batches; i++) {
            for (String topic : TOPICS) {
                PartitionLog log = fixture.log(topic, 0);
                StoreFixture.append(log, value(topic, log.logEndOffset()));
                fixture.settle();
            }
        }
    }

    private static List<Path> files(FaultDisk disk, Path folder, String pathEnd) throws DiskException {
        List<Path> found = new ArrayList<>();
        for (String name : disk.list(folder)) {
            Path path = folder.resolve(name);
            if (disk.isDirectory(path)) {
                found.addAll(files(disk, path, pathEnd));
            } else if (path.toString().endsWith(pathEnd)
                    || (pathEnd.equals("LAST.log") && name.endsWith(".log") && isLast(disk, folder, name))) {
                found.add(path);
            }
        }
        return found;
    }

    private static boolean isLast(FaultDisk disk, Path folder, String name) throws DiskException {
        return disk.list(folder).stream()
                .filter(other -> other.endsWith(".log"))
                .reduce((a, b) -> b)
                .orElse("")
                .equals(name);
    }

    /** Where to flip: the beginning, the end, and in between; not in the unused rest of a preallocated file. */
    private static List<Integer> places(FaultDisk disk, Path path, Random random) throws DiskException {
        byte[] bytes = bytes(disk, path);
        int used = bytes.length;
        while (used > 0 && bytes[used - 1] == 0) {
            used--;
        }
        used = Math.max(used, Math.min(bytes.length, 64));
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < Math.min(used, 64); i++) {
            places.add(i);
        }
        while (places.size() < Math.min(used, PLACES)) {
            places.add(random.nextInt(used));
        }
        return places;
    }

    private static byte[] bytes(Disk disk, Path path) throws DiskException {
        try (DiskFile file = disk.open(path)) {
            ByteBuffer all = ByteBuffer.allocate((int) file.length());
            file.read(0, all);
            return all.array();
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void noFlippedBitIsServedOrLosesARecordWithoutAWord(Kind kind) throws Exception {
        FaultDisk image = written(kind.afterKill);
        Random random = new Random(11);
        Map<Outcome, Integer> outcomes = new TreeMap<>();
        Map<Outcome, String> examples = new LinkedHashMap<>();
        List<Path> files = files(image, FOLDER, kind.pathEnd);
        assertThat(files).as("files of %s", kind).isNotEmpty();
        Path path = files.getFirst();
        for (int place : places(image, path, random)) {
            FaultDisk disk = FaultDisk.imageOf(image);
            disk.rot(path, place);
            StringBuilder said = new StringBuilder();
            Outcome outcome = outcome(disk, kind, path + " byte " + place, said);
            outcomes.merge(outcome, 1, Integer::sum);
            examples.putIfAbsent(outcome, said.toString());
        }
        if (System.getProperty("millrace.rot.table") != null) {
            System.out.println("TABLE | " + kind + " | " + outcomes + " | " + examples);
        }
        if (!kind.afterKill || !kind.name.equals("journal")) {
            assertThat(outcomes).doesNotContainKey(Outcome.TORN);
        }
    }

    private static Outcome outcome(FaultDisk disk, Kind kind, String where, StringBuilder said) throws Exception {
        StoreFixture fixture;
        try {
            fixture = StoreFixture.open(disk, FOLDER, config());
        } catch (StorageStartException e) {
            assertThat(e.getMessage()).as(where).contains("dir");
            said.append(e.getMessage());
            return Outcome.REFUSED;
        }
        Outcome worst = Outcome.WHOLE;
        for (String topic : TOPICS) {
            Outcome one = outcome(fixture, topic, kind, where, said);
            worst = one.compareTo(worst) > 0 ? one : worst;
        }
        assertThat(fixture.failures).as(where).isEmpty();
        for (int second = 0; second < 70; second++) {
            fixture.loop.advanceMs(1_000);
            fixture.settle();
        }
        fixture.close();
        // A round of the scrubber later, and behind another start, the answers are no worse.
        StoreFixture again = StoreFixture.open(disk, FOLDER, config());
        for (String topic : TOPICS) {
            outcome(again, topic, kind, where + ", second start", new StringBuilder());
        }
        return worst;
    }

    private static Outcome outcome(StoreFixture fixture, String topic, Kind kind, String where, StringBuilder said)
            throws Exception {
        PartitionLog log = fixture.store.find(StoreFixture.identity(topic, 0).topicId(), 0);
        if (log == null) {
            throw new AssertionError(where + ": " + topic + " is gone without a word");
        }
        List<Long> missing = new ArrayList<>();
        long all = SEALED_BATCHES + LATE_BATCHES;
        long offset = 0;
        while (offset < all) {
            ReadResult result = log.read(offset, log.logEndOffset(), 64 * 1024, true);
            if (result instanceof ReadResult.Pending) {
                fixture.settle();
                result = log.read(offset, log.logEndOffset(), 64 * 1024, true);
            }
            if (result instanceof ReadResult.Batches batches && batches.endOffset() > offset) {
                long end = batches.endOffset();
                List<Long> bases = new ArrayList<>();
                List<String> values = new ArrayList<>();
                for (LogSlice slice : batches.slices()) {
                    StoreFixture.addValues(StoreFixture.bytes(slice), offset, values);
                    slice.release();
                }
                for (int i = 0; i < values.size(); i++) {
                    assertThat(values.get(i)).as(where).startsWith(topic).endsWith(FILLER);
                    bases.add(Long.parseLong(
                            values.get(i).substring(1, values.get(i).indexOf('f'))));
                }
                for (long each = offset; each < end; each++) {
                    if (!bases.contains(each)) {
                        missing.add(each);
                    }
                }
                offset = end;
            } else {
                missing.add(offset++);
            }
        }
        StorageFailure damage = log.damage();
        if (damage != null) {
            said.append(damage.message());
            return Outcome.READ_ONLY;
        }
        if (missing.isEmpty()) {
            return Outcome.WHOLE;
        }
        assertThat(kind.name)
                .as("%s: offsets %s of %s are missing without a word", where, missing, topic)
                .isEqualTo("journal");
        assertThat(missing).as(where).containsExactly(all - 1);
        return Outcome.TORN;
    }
}
