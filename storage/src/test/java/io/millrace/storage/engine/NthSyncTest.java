package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.StorageFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whichever sync fails: nothing is acknowledged after it, and what was before is there at the next start. */
class NthSyncTest {

    private static final Path FOLDER = Path.of("dir");
    private static final String FILLER = "f".repeat(20_000);
    private static final int ROUNDS = 16;
    private static final List<String> TOPICS = List.of("a", "b", "c");

    /** What clients were told is on the disk, by topic. */
    private final Map<String, Long> acknowledged = new LinkedHashMap<>();

    private static StorageConfig config(int syncFileSystemFrom) {
        StorageConfig small = StorageConfig.SMALL;
        return new StorageConfig(small.journal(), small.producers(), 1 << 20, 16, 2, syncFileSystemFrom, 0);
    }

    private static String value(String topic, long offset) {
        return topic + offset + FILLER;
    }

    /** Creates, appends, seals, deletes and stops; ends early when the directory goes offline. */
    private void use(FaultDisk disk, StorageConfig config) throws IOException {
        acknowledged.clear();
        StoreFixture fixture;
        try {
            fixture = StoreFixture.open(disk, FOLDER, config);
        } catch (StorageStartException e) {
            assertThat(e.getMessage()).contains("cannot be started");
            return;
        }
        for (String topic : TOPICS) {
            PartitionLog log =
                    fixture.store.create(StoreFixture.identity(topic, 0), LogConfig.DEFAULT.withSegmentBytes(150_000));
            log.listener(new PartitionLog.Listener() {
                @Override
                public void writtenTo(long endOffset) {}

                @Override
                public void syncedTo(long endOffset) {
                    assertThat(fixture.failures)
                            .as("acknowledged behind a failure")
                            .isEmpty();
                    acknowledged.put(topic, endOffset);
                }

                @Override
                public void failed(StorageFailure failure) {}
            });
        }
        for (int i = 0; i < ROUNDS && fixture.failures.isEmpty(); i++) {
            for (String topic : TOPICS) {
                PartitionLog log = fixture.log(topic, 0);
                AppendResult result = log.appendAsLeader(
                        StoreFixture.batch(value(topic, log.logEndOffset())), 0, ValidationRules.Origin.CLIENT);
                assertThat(result instanceof AppendResult.Refused)
                        .as("%s", result)
                        .isEqualTo(fixture.store.failure() != null);
            }
            fixture.settle();
        }
        if (fixture.failures.isEmpty()) {
            boolean[] closed = {false};
            fixture.store.close(() -> closed[0] = true);
            fixture.settle();
            assertThat(closed[0]).isTrue();
        }
        if (!disk.syncFaults().failed().isEmpty() && !fixture.failures.isEmpty()) {
            assertThat(fixture.failures)
                    .singleElement()
                    .satisfies(failure -> assertThat(failure.message()).contains("is offline"));
        }
    }

    private void check(FaultDisk disk, StorageConfig config, String what) throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER, config);
        assertThat(fixture.directory.damages()).as(what).isEmpty();
        for (Map.Entry<String, Long> told : acknowledged.entrySet()) {
            PartitionLog log = fixture.log(told.getKey(), 0);
            assertThat(log.logEndOffset()).as("%s %s", what, told).isGreaterThanOrEqualTo(told.getValue());
            List<String> found = fixture.values(log, 0);
            for (int i = 0; i < found.size(); i++) {
                assertThat(found.get(i)).as("%s %s", what, told).isEqualTo(value(told.getKey(), i));
            }
        }
    }

    private static String kind(String failed) {
        if (failed.startsWith("folder") || failed.startsWith("file system")) {
            return failed.startsWith("folder")
                    ? "folder " + (failed.endsWith("journal") ? "journal" : failed.endsWith("-0") ? "topic" : "data")
                    : "file system";
        }
        return failed.substring(failed.lastIndexOf('.') < 0 ? failed.lastIndexOf('/') : failed.lastIndexOf('.'));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 64})
    void everySyncMayFail(int syncFileSystemFrom) throws Exception {
        StorageConfig config = config(syncFileSystemFrom);
        TreeSet<String> kinds = new TreeSet<>();
        long number = 1;
        while (true) {
            for (boolean power : new boolean[] {false, true}) {
                FaultDisk disk = new FaultDisk(number);
                disk.createDirectories(FOLDER);
                disk.syncFaults().failNumber(number);
                use(disk, config);
                String failed = disk.syncFaults().failed();
                if (failed.isEmpty()) {
                    assertThat(number).isGreaterThan(60);
                    List<String> expected = new ArrayList<>(List.of(
                            ".checkpoint", ".journal", ".new", "folder data", "folder journal", "folder topic"));
                    expected.add(".tmp");
                    expected.add(syncFileSystemFrom == 1 ? "file system" : ".log");
                    assertThat(kinds).as("%d syncs", number - 1).containsAll(expected);
                    return;
                }
                kinds.add(kind(failed));
                disk.syncFaults().failNumber(Long.MAX_VALUE);
                if (power) {
                    disk.powerLoss();
                }
                check(disk, config, "sync " + number + " of " + failed + (power ? ", power cut" : ""));
            }
            number++;
        }
    }

    @Test
    void withoutAFaultEverythingIsAcknowledged() throws Exception {
        FaultDisk disk = new FaultDisk(1);
        disk.createDirectories(FOLDER);
        use(disk, config(64));
        assertThat(acknowledged).hasSize(TOPICS.size());
        assertThat(acknowledged.values()).containsOnly((long) ROUNDS);
        check(disk, config(64), "no fault");
    }
}
