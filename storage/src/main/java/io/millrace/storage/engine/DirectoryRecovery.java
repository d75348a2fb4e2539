package io.millrace.storage.engine;

import io.millrace.runtime.Clock;
import io.millrace.runtime.Randomness;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.checkpoint.BootRecord;
import io.millrace.storage.checkpoint.CheckpointLog;
import io.millrace.storage.checkpoint.LogRow;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.journal.JournalFile;
import io.millrace.storage.journal.JournalFormatException;
import io.millrace.storage.journal.JournalScan;
import io.millrace.storage.log.LogStart;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start of a log directory. Boot thread; blocks.
 *
 * <pre>
 * 1 read the boot record: which journals and checkpoints are in force
 * 2 load the checkpoints, scan the journals, note per log what they say     (nothing written)
 * 3 bring each log's segments to it, synced
 * 4 write new checkpoints under the next boot number, synced
 * 5 replace the boot record                                                 (the single step that takes over)
 * 6 remove what the new boot record does not name; prepare journal files
 * </pre>
 *
 * A crash before 5 repeats 1 to 4 on the same input; one after it finds empty journals.
 */
final class DirectoryRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryRecovery.class);

    /** Journals of one start; a shard count beyond it is no configuration but an accident. */
    private static final int MAX_SHARDS = 1024;

    /** What the stores begin with; lists by shard. */
    record Result(
            BootRecord boot,
            long previousBrokerEpoch,
            boolean cleanlyStopped,
            long replayedGroups,
            List<List<LogStart>> logsByShard,
            List<CheckpointLog> checkpoints,
            List<JournalFile> journalFiles) {}

    private final Disk disk;
    private final Path directory;
    private final Path journalFolder;
    private final StorageConfig config;
    private final Clock clock;
    private final Randomness randomness;
    private long replayedGroups;

    DirectoryRecovery(Disk disk, Path directory, StorageConfig config, Clock clock, Randomness randomness) {
        this.disk = disk;
        this.directory = directory;
        this.journalFolder = directory.resolve(LogDirectory.JOURNAL_FOLDER);
        this.config = config;
        this.clock = clock;
        this.randomness = randomness;
    }

    Result run(int shards, ToIntFunction<LogIdentity> shardOf) throws DiskException, StorageStartException {
        if (shards < 1 || shards > MAX_SHARDS) {
            throw new IllegalArgumentException("shards must be 1.." + MAX_SHARDS + ", not " + shards);
        }
        if (!disk.exists(journalFolder)) {
            disk.createDirectories(journalFolder);
        }
        // Also when they were there: a killed process may have left names that a power cut still takes.
        disk.syncDirectory(directory);
        disk.syncDirectory(journalFolder);
        if (disk.syncsFileSystems()) {
            // Opens the descriptor that is told of write-back errors from now on.
            disk.syncFileSystem(directory);
        }
        BootRecord previous = readBoot();
        boolean clean = previous.clean();
        if (clean && previous.number() > 0) {
            // From the first write on, this process has not stopped cleanly.
            previous.withClean(false).store(disk, journalFolder);
        }
        List<DiskFile> journals = openJournals();
        List<List<LogStart>> logsByShard;
        try {
            logsByShard = recoverLogs(replay(previous, clean, journals), shards, shardOf);
        } finally {
            for (DiskFile file : journals) {
                file.close();
            }
        }
        return takeOver(previous, clean, shards, logsByShard);
    }

    private Result takeOver(BootRecord previous, boolean clean, int shards, List<List<LogStart>> logsByShard)
            throws DiskException {
        long number = previous.number() + 1;
        List<Long> journalIds = new ArrayList<>(shards);
        List<CheckpointLog> checkpoints = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            // Unlike any before, even if a generator should repeat itself: reused files still hold the old groups.
            journalIds.add(randomness.nextLong() ^ number * MAX_SHARDS + shard);
            checkpoints.add(CheckpointLog.create(
                    disk, journalFolder.resolve(CheckpointLog.name(number, shard)), rows(logsByShard.get(shard))));
        }
        BootRecord boot = new BootRecord(number, previous.brokerEpoch(), false, journalIds);
        boot.store(disk, journalFolder);
        removeLeftOvers(number, shards);
        List<JournalFile> journalFiles = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            journalFiles.add(JournalFile.prepare(
                    disk, journalFolder, shard, 0, config.journal().fileBytes(0)));
        }
        return new Result(boot, previous.brokerEpoch(), clean, replayedGroups, logsByShard, checkpoints, journalFiles);
    }

    private BootRecord readBoot() throws DiskException, StorageStartException {
        return switch (BootRecord.load(disk, journalFolder)) {
            case BootRecord.Found.Valid valid -> valid.record();
            case BootRecord.Found.Absent absent -> firstBoot();
            case BootRecord.Found.OtherVersion other ->
                throw new StorageStartException(
                        "log directory " + directory + " has format version " + other.version()
                                + ", which this build does not read: start it with the build that wrote it",
                        null);
            case BootRecord.Found.Damaged damaged ->
                throw new StorageStartException(
                        "log directory " + directory + " cannot be started: " + damaged.message()
                                + "; restore this file from a backup, or move the folder away and let replicas refill"
                                + " it",
                        null);
        };
    }

    private BootRecord firstBoot() throws DiskException, StorageStartException {
        for (String name : disk.list(journalFolder)) {
            if (CheckpointLog.isName(name) && !name.endsWith(".new") && !name.startsWith("1-")) {
                throw new StorageStartException(
                        "log directory " + directory + " has checkpoints but no " + BootRecord.NAME
                                + " file: bring it back, or move the folder away and let replicas refill it",
                        null);
            }
        }
        return new BootRecord(0, -1, true, List.of());
    }

    private List<DiskFile> openJournals() throws DiskException {
        List<DiskFile> files = new ArrayList<>();
        for (String name : disk.list(journalFolder)) {
            if (JournalFile.isName(name)) {
                DiskFile file = disk.open(journalFolder.resolve(name));
                files.add(file);
                // After a kill, groups may be read that are in the page cache alone. Segments are cut by what they say,
                // so they
                // must not be gone after a power loss in the middle of this start.
                file.sync();
            }
        }
        return files;
    }

    private List<RecoveringLog> replay(BootRecord previous, boolean clean, List<DiskFile> journals)
            throws DiskException, StorageStartException {
        List<RecoveringLog> logs = new ArrayList<>();
        for (int shard = 0; shard < previous.journalIds().size(); shard++) {
            Path path = journalFolder.resolve(CheckpointLog.name(previous.number(), shard));
            CheckpointLog.Loaded checkpoint = CheckpointLog.load(disk, path);
            requireUsable(checkpoint, path, clean);
            JournalReplay replay = new JournalReplay(checkpoint);
            try {
                replayedGroups += new JournalScan(
                                clean ? List.of() : ofShard(journals, shard),
                                previous.journalIds().get(shard),
                                checkpoint.state().liveGeneration(),
                                replay)
                        .run();
            } catch (JournalFormatException e) {
                throw new StorageStartException(String.valueOf(e.getMessage()), e);
            }
            logs.addAll(replay.logs());
        }
        return logs;
    }

    /**
     * The first batch of a checkpoint was synced before it came into force, and nothing else names all logs. After a clean stop
     * the last one was synced, too, and older rows would have segments cut.
     */
    private void requireUsable(CheckpointLog.Loaded checkpoint, Path path, boolean clean) throws StorageStartException {
        boolean cutShort = clean && checkpoint.endPosition() < checkpoint.lengthBytes();
        if (checkpoint.endPosition() == 0 || cutShort) {
            String what = checkpoint.message().isEmpty()
                    ? "checkpoint " + path + " is damaged at " + checkpoint.endPosition()
                    : checkpoint.message();
            throw new StorageStartException(
                    "log directory " + directory + " cannot be started: " + what
                            + "; restore this file from a backup, or move the folder away and let replicas refill it",
                    null);
        }
    }

    /** A journal is written to the files of its own shard alone, and a clean stop has left nothing in them that counts. */
    private static List<DiskFile> ofShard(List<DiskFile> journals, int shard) {
        List<DiskFile> own = new ArrayList<>();
        for (DiskFile file : journals) {
            if (JournalFile.shardOf(String.valueOf(file.path().getFileName())) == shard) {
                own.add(file);
            }
        }
        return own;
    }

    private List<List<LogStart>> recoverLogs(List<RecoveringLog> logs, int shards, ToIntFunction<LogIdentity> shardOf)
            throws DiskException, StorageStartException {
        // A sync for each folder and segment of thousands of logs takes longer than all else that a start does.
        boolean syncedTogether = disk.syncsFileSystems()
                && logs.stream().filter(RecoveringLog::hasExtents).count()
                        >= config.segments().syncFileSystemFrom();
        LogRecovery recovery = new LogRecovery(
                disk,
                directory,
                new StateReplay(disk, config.producers(), clock),
                config.recoveryRollBytes(),
                syncedTogether);
        List<List<LogStart>> byShard = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            byShard.add(new ArrayList<>());
        }
        Map<String, Integer> names = new LinkedHashMap<>();
        for (RecoveringLog log : logs) {
            if (log.isDeleted()) {
                recovery.delete(log);
                continue;
            }
            names.merge(log.identity().toString(), 1, Integer::sum);
            List<LogStart> mates = byShard.get(shardOf.applyAsInt(log.identity()));
            LogStart start = recover(recovery, log, mates.size());
            if (start.damage() != null) {
                LOG.error(
                        "log_damaged log={} message={}",
                        start.identity(),
                        start.damage().message());
            }
            mates.add(start);
        }
        if (syncedTogether) {
            disk.syncFileSystem(directory);
        }
        for (List<LogStart> mates : byShard) {
            for (int i = 0; i < mates.size(); i++) {
                if (names.getOrDefault(mates.get(i).identity().toString(), 0) > 1) {
                    mates.set(i, recovery.unlessPutAside(mates.get(i)));
                }
            }
        }
        return byShard;
    }

    /** What nobody thought of must not look like a crash of the broker, nor cost the journal that still has the batches. */
    private LogStart recover(LogRecovery recovery, RecoveringLog log, int logId)
            throws DiskException, StorageStartException {
        try {
            return recovery.recover(log, logId);
        } catch (RuntimeException e) {
            throw new StorageStartException(
                    "log " + log.identity() + " in " + directory + " cannot be recovered: " + e
                            + "; nothing of its journal was removed: keep a copy of the folder and report this",
                    e);
        }
    }

    private static List<LogRow> rows(List<LogStart> logs) {
        List<LogRow> rows = new ArrayList<>(logs.size());
        for (LogStart log : logs) {
            rows.add(log.row());
        }
        return rows;
    }

    /** Old checkpoints, journal files of shards that are no more, folders of deleted logs. */
    private void removeLeftOvers(long number, int shards) throws DiskException {
        boolean removed = false;
        for (String name : disk.list(journalFolder)) {
            boolean oldCheckpoint = CheckpointLog.isName(name) && !name.startsWith(number + "-");
            if (oldCheckpoint || (JournalFile.isName(name) && JournalFile.shardOf(name) >= shards)) {
                disk.delete(journalFolder.resolve(name));
                removed = true;
            }
        }
        if (removed) {
            disk.syncDirectory(journalFolder);
        }
        for (String name : disk.list(directory)) {
            Path folder = directory.resolve(name);
            if (PartitionFolder.isDeleted(name) && disk.isDirectory(folder)) {
                PartitionFolder.remove(disk, folder);
            }
        }
    }
}
