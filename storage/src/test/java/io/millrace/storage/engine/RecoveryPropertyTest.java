package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.ReadResult;
import io.millrace.storage.journal.JournalSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * Random work on a store whose power fails at random disk operations, recovery included, against a list of what each log was
 * told: what was reported synced is there, nothing else than what was appended is, and recovery may be repeated (R1, R2).
 */
class RecoveryPropertyTest {

    private static final Path FOLDER = Path.of("dir");
    private static final int LIVES = 5;
    private static final int ACTS = 250;
    /** Everything small, so that files fill, roll and are reused all the time. */
    private static final StorageConfig CONFIG = new StorageConfig(
            new JournalSettings(64 << 10, 128 << 10, 3, 16 << 10),
            StorageConfig.SMALL.producers(),
            48 << 10,
            4,
            3,
            3,
            0);

    private static final LogConfig LOG_CONFIG = LogConfig.DEFAULT.withSegmentBytes(12 << 10);

    private final Map<Integer, LogModel> models = new LinkedHashMap<>();
    private Random random = new Random(0);
    private int counter;
    private int epoch;
    private boolean resetsBelowEnd;

    @Property(tries = 100, shrinking = ShrinkingMode.OFF)
    void whatWasReportedSyncedSurvivesAnyPowerLoss(@ForAll long seed) throws Exception {
        resetsBelowEnd = true;
        run(seed);
    }

    private void run(long seed) throws Exception {
        models.clear();
        counter = 0;
        epoch = 0;
        random = new Random(seed);
        FaultDisk disk = new FaultDisk(seed);
        disk.createDirectories(FOLDER);
        disk.syncFileSystem(FOLDER);
        StoreFixture fixture = open(disk);
        for (int life = 0; life < LIVES; life++) {
            disk.crashAt(disk.operations() + 1 + random.nextInt(500));
            try {
                for (int i = 0; i < ACTS; i++) {
                    act(fixture);
                    assertThat(fixture.failures).isEmpty();
                }
                fixture.close();
                models.values().forEach(LogModel::settled);
            } catch (FaultDisk.Crash crash) {
                disk.powerLoss();
            }
            Map<Integer, Long> syncedEnds = syncedEnds(fixture);
            fixture = reopen(disk);
            for (LogModel model : models.values()) {
                verify(fixture, model, syncedEnds.getOrDefault(model.partition, 0L));
            }
        }
    }

    /**
     * A cut before its record; a record behind a delete; a reset whose record was lost after a checkpoint; a folder not synced; a
     * full journal whose oldest file waited for a record that waited for room.
     */
    @Example
    void whatFailedOnceSurvives() throws Exception {
        for (long seed : new long[] {-1957, 353, 493, 679, 3702, 7974, 1245, 5768}) {
            resetsBelowEnd = false;
            run(seed);
        }
        // A reset to a lower offset without record and row, while its older batches went with their journal file.
        whatWasReportedSyncedSurvivesAnyPowerLoss(1944919140062886953L);
        // A deleted log was cut on the strength of an older truncation's record.
        whatWasReportedSyncedSurvivesAnyPowerLoss(-4515568301706077261L);
    }

    private Map<Integer, Long> syncedEnds(StoreFixture fixture) {
        Map<Integer, Long> ends = new LinkedHashMap<>();
        for (PartitionLog log : fixture.store.logs()) {
            ends.put(log.identity().partition(), log.syncedEndOffset());
        }
        return ends;
    }

    /** A start may lose the power, too: the next one begins again. */
    private StoreFixture reopen(FaultDisk disk) throws Exception {
        while (true) {
            disk.crashAt(random.nextInt(3) == 0 ? disk.operations() + 1 + random.nextInt(60) : Long.MAX_VALUE);
            try {
                StoreFixture opened = open(disk);
                disk.crashAt(Long.MAX_VALUE);
                return opened;
            } catch (FaultDisk.Crash crash) {
                disk.powerLoss();
            }
        }
    }

    private StoreFixture open(FaultDisk disk) throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER, CONFIG);
        fixture.store.logs().forEach(log -> log.reconfigure(LOG_CONFIG));
        return fixture;
    }

    private void act(StoreFixture fixture) throws Exception {
        LogModel model = models.computeIfAbsent(random.nextInt(3), LogModel::new);
        PartitionLog log = fixture.store.find(model.identity().topicId(), model.partition);
        int choice = random.nextInt(100);
        if (choice < 25) {
            pump(fixture);
        } else if (choice < 27) {
            fixture.settle();
            models.values().forEach(LogModel::settled);
        } else if (log == null) {
            fixture.store.create(model.identity(), LOG_CONFIG);
            model.created();
        } else if (choice < 80) {
            append(log, model);
        } else if (choice < 88) {
            long to = log.logStartOffset() + random.nextLong(log.logEndOffset() - log.logStartOffset() + 1);
            log.truncateTo(to);
            long end = model.truncated(to);
            if (log.logEndOffset() != end) {
                fixture.settle();
                models.values().forEach(LogModel::settled);
                assertThat(log.logEndOffset()).isEqualTo(end);
            }
        } else if (choice < 89) {
            int place = random.nextInt(3);
            boolean below = resetsBelowEnd && place == 2;
            log.resetTo(below ? (log.logStartOffset() + log.logEndOffset()) / 2 : log.logEndOffset() + place);
            model.reset(log.logStartOffset());
        } else if (choice < 93) {
            long bound = Math.max(log.logStartOffset(), log.syncedEndOffset());
            log.logStartTo(log.logStartOffset() + random.nextLong(bound - log.logStartOffset() + 1));
            model.logStart(log.logStartOffset());
        } else if (choice < 94) {
            fixture.store.delete(log, () -> {});
            model.deleted();
        } else {
            LogModel.State now = model.now();
            List<String> expected = new ArrayList<>();
            for (long offset = now.start(); offset < now.end(); offset++) {
                expected.add(now.at(offset));
            }
            assertThat(fixture.values(log, log.logStartOffset())).isEqualTo(expected);
        }
    }

    private void pump(StoreFixture fixture) {
        int steps = random.nextInt(6);
        for (int i = 0; i < steps; i++) {
            switch (random.nextInt(4)) {
                case 0 -> fixture.lanes.one(fixture.lanes.journal);
                case 1 -> fixture.lanes.one(fixture.lanes.writeBehind);
                case 2 -> fixture.lanes.one(fixture.lanes.pool);
                default -> fixture.loop.turn();
            }
        }
    }

    private void append(PartitionLog log, LogModel model) {
        List<String> values = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            int length = random.nextInt(10) == 0 ? 6000 : random.nextInt(300);
            values.add(counter++ + "-" + "z".repeat(length));
        }
        AppendResult result = log.appendAsLeader(
                StoreFixture.batch(values.toArray(String[]::new)),
                epoch += random.nextInt(20) == 0 ? 1 : 0,
                ValidationRules.Origin.CLIENT);
        if (result instanceof AppendResult.Appended) {
            model.appended(values);
        } else {
            assertThat(((AppendResult.Refused) result).message()).contains("truncation");
        }
    }

    private void verify(StoreFixture fixture, LogModel model, long reportedEnd) throws Exception {
        LogModel.State told = model.now();
        // While a truncation inside a batch is under way the log still names the end that was asked for.
        long synced = Math.min(reportedEnd, told.exists() ? told.end() : 0);
        // A reset is durable at the latest when something behind it is.
        long syncedEnd = synced > told.base() ? synced : 0;
        List<PartitionLog> found = new ArrayList<>();
        for (PartitionLog log : fixture.store.logs()) {
            if (log.identity().partition() == model.partition) {
                found.add(log);
            }
        }
        assertThat(found).as("logs of one partition").hasSizeLessThanOrEqualTo(1);
        if (found.isEmpty()) {
            assertThat(model.states).anyMatch(state -> !state.exists());
            assertThat(syncedEnd).as("synced end of a log that is gone").isZero();
            LogModel.State gone = new LogModel.State(false, told.topicId(), 0, 0, List.of());
            model.becomes(gone, List.of());
            return;
        }
        PartitionLog log = found.getFirst();
        assertThat(log.damage()).isNull();
        List<String> values = fixture.values(log, log.logStartOffset());
        LogModel.State recovered = new LogModel.State(
                true, log.identity().topicId(), log.logStartOffset(), log.logStartOffset(), List.copyOf(values));
        assertThat(recovered.end()).isEqualTo(log.logEndOffset());
        assertThat(model.states)
                .as("states of " + log.identity() + ", recovered " + recovered.start() + ".." + recovered.end())
                .anyMatch(state -> isContent(state, recovered));
        assertThat(model.states).anyMatch(state -> state.start() == recovered.start());
        if (told.exists()) {
            assertThat(recovered.end()).as("end").isGreaterThanOrEqualTo(syncedEnd);
            for (long offset = Math.max(recovered.start(), told.start()); offset < syncedEnd; offset++) {
                assertThat(recovered.at(offset)).isEqualTo(told.at(offset));
            }
        }
        model.becomes(recovered, batchBases(fixture, log));
    }

    private static boolean isContent(LogModel.State state, LogModel.State recovered) {
        if (!state.exists() || !state.topicId().equals(recovered.topicId())) {
            return false;
        }
        long from = Math.max(Math.max(state.start(), recovered.start()), state.base());
        if (state.end() != recovered.end()) {
            return false;
        }
        for (long offset = from; offset < state.end(); offset++) {
            if (!state.at(offset).equals(recovered.at(offset))) {
                return false;
            }
        }
        return true;
    }

    private static List<Long> batchBases(StoreFixture fixture, PartitionLog log) throws Exception {
        List<Long> bases = new ArrayList<>();
        long offset = log.logStartOffset();
        while (offset < log.logEndOffset()) {
            ReadResult result = log.read(offset, log.logEndOffset(), 1, true);
            if (result instanceof ReadResult.Pending) {
                fixture.settle();
                continue;
            }
            offset = fixture.addBases((ReadResult.Batches) result, bases);
        }
        return bases;
    }
}
