package io.millrace.storage.engine;

import io.millrace.runtime.Clock;
import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Randomness;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.checkpoint.BootRecord;
import io.millrace.storage.compaction.CompactionTotals;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskLanes;
import io.millrace.storage.disk.FailStopDisk;
import io.millrace.storage.journal.JournalFile;
import io.millrace.storage.log.LogStart;
import io.millrace.storage.scrub.ScrubSlot;
import io.millrace.storage.tail.TailMemory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One log directory: started once, then divided into a {@link LogStore} per shard. {@link #open} and {@link #storeBrokerEpoch}
 * block: at start, or from a lane.
 *
 * <pre>
 * journal/boot                      which journals and checkpoints are in force ({@link BootRecord})
 * journal/[shard]-[slot].journal    preallocated journal files
 * journal/[boot]-[shard].checkpoint
 * journal/reserve               space for a start on a full disk ({@link ReserveFile})
 * [topic]-[partition]/              partition.metadata, segments
 * </pre>
 */
public final class LogDirectory {

    private static final Logger LOG = LoggerFactory.getLogger(LogDirectory.class);

    public static final String JOURNAL_FOLDER = "journal";

    private final FailStopDisk disk;
    private final Path path;
    private final StorageConfig config;
    private final TailMemory memory;
    private final ReserveFile reserve;
    private final DirectoryRecovery.Result recovered;
    private final Randomness randomness;
    private final List<LogDamage> damages = new ArrayList<>();
    private BootRecord boot;

    private LogDirectory(
            FailStopDisk disk,
            Path path,
            StorageConfig config,
            TailMemory memory,
            ReserveFile reserve,
            DirectoryRecovery.Result recovered,
            Randomness randomness) {
        this.reserve = reserve;
        this.disk = disk;
        this.path = path;
        this.config = config;
        this.memory = memory;
        this.recovered = recovered;
        this.randomness = randomness;
        this.boot = recovered.boot();
        for (List<LogStart> logs : recovered.logsByShard()) {
            for (LogStart log : logs) {
                if (log.damage() != null) {
                    damages.add(new LogDamage(log.identity(), log.damage()));
                }
            }
        }
    }

    /**
     * Replays every journal found, whatever shards wrote it, into segments and leaves an empty journal for each of
     * {@code shards}.
     *
     * @param path an existing, writable folder, locked by the caller
     * @param memory of all tails of the process
     * @param shardOf the shard that owns a log: stable, {@code 0..shards-1}
     * @throws StorageStartException when the directory is of another version, damaged where nothing can be decided, or cannot
     *     be read or written; nothing was removed then
     */
    public static LogDirectory open(
            Disk disk,
            Path path,
            StorageConfig config,
            TailMemory memory,
            int shards,
            ToIntFunction<LogIdentity> shardOf,
            Clock clock,
            Randomness randomness)
            throws StorageStartException {
        // One for all stores: what one of them could not sync, none may vouch for.
        FailStopDisk failStop = new FailStopDisk(disk);
        ReserveFile reserve = new ReserveFile(failStop, path.resolve(JOURNAL_FOLDER), config.reserveFileBytes());
        boolean released = false;
        while (true) {
            try {
                DirectoryRecovery.Result recovered =
                        new DirectoryRecovery(failStop, path, config, clock, randomness).run(shards, shardOf);
                return new LogDirectory(failStop, path, config, memory, reserve, recovered, randomness);
            } catch (DiskException e) {
                if (released || e.kind() != DiskException.Kind.FULL || !release(reserve)) {
                    throw new StorageStartException(explain(path, e), e);
                }
                // A start may break off anywhere and be repeated.
                released = true;
                LOG.warn("disk_full=true directory={} reserve=released cause={}", path, e.getMessage());
            }
        }
    }

    private static boolean release(ReserveFile reserve) {
        try {
            return reserve.release();
        } catch (DiskException e) {
            return false;
        }
    }

    private static String explain(Path path, DiskException failure) {
        String advice = switch (failure.kind()) {
            case DENIED -> "give this user read and write access to it";
            case FULL -> "free some space on its disk";
            case TOO_MANY_OPEN_FILES -> "raise the limit of open files (ulimit -n)";
            case NOT_FOUND -> "bring the missing file or folder back";
            case EXISTS, FAILED -> "check the disk";
        };
        return "log directory " + path + " cannot be started: " + failure.getMessage() + "; " + advice;
    }

    /** The store of one shard; call once for each, before its loop serves. */
    public LogStore store(int shard, EventLoop owner, DiskLanes lanes, StoreListener listener) {
        List<LogStart> logs = recovered.logsByShard().get(shard);
        List<JournalFile> files = new ArrayList<>();
        files.add(recovered.journalFiles().get(shard));
        StoreParts parts = new StoreParts(
                disk,
                path,
                path.resolve(JOURNAL_FOLDER),
                config,
                memory,
                shard,
                boot.journalIds().get(shard),
                files,
                recovered.checkpoints().get(shard),
                logs.size(),
                reserve,
                randomness);
        return new LogStore(parts, logs, owner, lanes, listener);
    }

    public Path path() {
        return path;
    }

    /** What compaction of all that shares this directory's slot has done. Any thread. */
    public CompactionTotals compactionTotals() {
        return config.compaction().totals();
    }

    /** What scrubbing of all that shares this directory's slot has done. Any thread. */
    public ScrubSlot scrub() {
        return config.scrub();
    }

    /** Broker epoch of the last registration before this start, -1 when there was none. */
    public long previousBrokerEpoch() {
        return recovered.previousBrokerEpoch();
    }

    /** Whether the last process stopped with empty journals. True for a new directory. */
    public boolean cleanlyStopped() {
        return recovered.cleanlyStopped();
    }

    /** Logs that are read-only, and why. */
    public List<LogDamage> damages() {
        return List.copyOf(damages);
    }

    /** Journal groups that the start had to replay. */
    public long replayedGroups() {
        return recovered.replayedGroups();
    }

    /** Keeps the broker epoch, durable when this returns: after every registration, before serving. Blocks; one caller at a time. */
    public void storeBrokerEpoch(long brokerEpoch) throws DiskException {
        BootRecord updated = boot.withBrokerEpoch(brokerEpoch);
        updated.store(disk, path.resolve(JOURNAL_FOLDER));
        boot = updated;
    }

    /**
     * Notes that every store has closed without a failure. The last thing a process writes. Blocks.
     *
     * @throws DiskException also when the directory went offline: then it has not stopped cleanly
     */
    public void markClean() throws DiskException {
        boot.withClean(true).store(disk, path.resolve(JOURNAL_FOLDER));
    }
}
