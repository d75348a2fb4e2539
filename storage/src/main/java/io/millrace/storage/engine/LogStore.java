package io.millrace.storage.engine;

import io.millrace.protocol.Uuid;
import io.millrace.runtime.EventLoop;
import io.millrace.storage.LogConfig;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskLane;
import io.millrace.storage.disk.DiskLanes;
import io.millrace.storage.disk.FailStopDisk;
import io.millrace.storage.journal.Journal;
import io.millrace.storage.journal.JournalFile;
import io.millrace.storage.log.DerivedState;
import io.millrace.storage.log.JournaledLog;
import io.millrace.storage.log.LogSegments;
import io.millrace.storage.log.LogStart;
import io.millrace.storage.log.SegmentRow;
import io.millrace.storage.scrub.Scrubber;
import io.millrace.storage.segment.SegmentScrub;
import io.millrace.storage.tail.TailMemory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All logs of one shard in one log directory, with the journal they share. Owned by the shard loop; made by
 * {@link LogDirectory#store}.
 */
public final class LogStore {

    private static final Logger LOG = LoggerFactory.getLogger(LogStore.class);

    private record Key(Uuid topicId, int partition) {}

    private final EventLoop loop;
    private final FailStopDisk disk;
    private final Consumer<DiskException> failureWatch = this::failedElsewhere;
    private final Path directory;
    private final StorageConfig config;
    private final TailMemory memory;
    private final DiskLane journalLane;
    private final DiskLane writeBehindLane;
    private final Journal journal;
    private final WriteBehind writeBehind;
    private final SpaceGuard space;
    private final ReserveFile reserve;
    private final DiskLane pool;
    private final Scrubber scrubber;
    private final StoreHost host;
    private final StoreListener listener;
    private final LinkedHashMap<Key, JournaledLog> logs = new LinkedHashMap<>();
    private final Map<Key, Runnable> deletions = new LinkedHashMap<>();
    private int nextLogId;
    private @Nullable Runnable closed;

    LogStore(StoreParts parts, List<LogStart> recovered, EventLoop loop, DiskLanes lanes, StoreListener listener) {
        this.loop = loop;
        this.disk = parts.disk();
        this.directory = parts.directory();
        this.config = parts.config();
        this.memory = parts.memory();
        this.listener = listener;
        this.nextLogId = parts.nextLogId();
        this.journalLane = lanes.dedicated("journal-" + parts.directory() + "-" + parts.shard(), loop);
        this.writeBehindLane = lanes.writeBehind(parts.directory(), loop);
        this.pool = lanes.pool(loop);
        this.scrubber = new Scrubber(loop, disk, pool, config.scrub(), logs::values, this::below);
        this.journal = parts.journal(loop, journalLane, pool, new JournalEvents());
        this.writeBehind = new WriteBehind(
                writeBehindLane,
                parts.segmentWriters(loop),
                parts.checkpoint(),
                journal,
                memory,
                parts.spaceProbe(),
                config.segments().maxDirtyBytes(),
                new WriteBehindEvents());
        this.space = parts.spaceGuard(loop, writeBehindLane, writeBehind, journal, this::refusalChanged);
        this.host = new StoreHost(parts, loop, pool, journal, writeBehind, space, scrubber);
        this.reserve = parts.reserve();
        reserve.makeOn(pool, 2 * config.reserveBytes());
        for (LogStart start : recovered) {
            JournaledLog log = new JournaledLog(host, start, LogConfig.DEFAULT);
            logs.put(key(start.identity()), log);
            host.producerExpiry().watch(log);
        }
        disk.watch(failureWatch);
    }

    private static Key key(LogIdentity identity) {
        return new Key(identity.topicId(), identity.partition());
    }

    /**
     * Makes a new, empty log. It takes appends at once; its create record goes out with the next group, so what is reported
     * synced later includes it. Its folder is made with its first segment.
     *
     * <p>A log of the same name and another topic id may be under deletion in this store, whose journal has the delete first.
     * When it is in another shard's store its delete must be done before: journals of two shards know no common order.
     *
     * @throws IllegalStateException when the log exists
     */
    public PartitionLog create(LogIdentity identity, LogConfig logConfig) {
        loop.checkOwned();
        if (logs.containsKey(key(identity))) {
            throw new IllegalStateException("log " + identity + " of topic id " + identity.topicId() + " exists");
        }
        LogStart start = new LogStart(
                identity,
                nextLogId++,
                PartitionFolder.of(directory, identity),
                false,
                new LogSegments(),
                DerivedState.empty(config.producers(), loop.clock()),
                0,
                0,
                0,
                null,
                null);
        JournaledLog log = new JournaledLog(host, start, logConfig);
        logs.put(key(identity), log);
        log.created();
        return log;
    }

    /** Null when this store has no such log. */
    public @Nullable PartitionLog find(Uuid topicId, int partition) {
        return logs.get(new Key(topicId, partition));
    }

    /** Every log, recovered ones first. */
    public Collection<PartitionLog> logs() {
        return Collections.unmodifiableCollection(logs.values());
    }

    /** Deletes a log for good: once the delete record is synced its folder is renamed and removed; then {@code done} runs. */
    public void delete(PartitionLog log, Runnable done) {
        loop.checkOwned();
        Key key = key(log.identity());
        JournaledLog known = logs.remove(key);
        if (known != log) {
            throw new IllegalStateException("log " + log.identity() + " is not of this store");
        }
        deletions.put(key, done);
        known.deleted();
    }

    /**
     * After an append was refused for want of tail memory: runs {@code task} once, on the loop, when trying again may be
     * answered otherwise, because memory came back, the directory went offline or refuses clients. At most one at a time.
     */
    public void whenRoom(Runnable task) {
        loop.checkOwned();
        host.tailWriter().awaitRoom(() -> {
            try {
                loop.post(task);
            } catch (RejectedExecutionException stopped) {
                LOG.debug("an append waited for room when its loop stopped");
            }
        });
    }

    /** Set once the directory is offline. */
    public @Nullable StorageFailure failure() {
        return host.failure();
    }

    /** What this store counts. */
    public StoreCounts counts() {
        return host.counts();
    }

    /**
     * Stops cleanly: refuses appends, brings everything into segments and leaves an empty journal; then {@code done} runs on
     * the loop, also when the directory failed on the way ({@link #failure} tells).
     */
    public void close(Runnable done) {
        loop.checkOwned();
        closed = done;
        space.close();
        host.stop();
        scrubber.close();
        logs.values().forEach(JournaledLog::close);
        if (space.isFull() && (writeBehind.isPaused() || journal.isEnlargementDue())) {
            closeFull();
        }
        writeBehind.drain();
        closeIfDrained();
    }

    @Override
    public String toString() {
        return "LogStore[" + directory + ", logs=" + logs.size() + ", " + writeBehind + "]";
    }

    /** Nothing more goes to segments; what is synced stays in the journal, for the next start. */
    private void closeFull() {
        host.failed(new StorageFailure(
                "the disk of " + directory
                        + " is full: free space before the next start, which continues from the journal",
                false));
        writeBehind.stop();
        loop.post(this::closeIfDrained);
    }

    private void closeIfDrained() {
        Runnable done = closed;
        if (done == null || !(host.failure() != null ? !writeBehind.isRunning() : writeBehind.isDrained())) {
            return;
        }
        closed = null;
        disk.unwatch(failureWatch);
        host.close();
        List<JournalFile> files = new ArrayList<>(journal.files());
        writeBehindLane.submit(
                () -> {
                    writeBehind.closeFiles();
                    return true;
                },
                (ok, problem) -> journalLane.submit(
                        () -> {
                            for (JournalFile file : files) {
                                file.close();
                            }
                            return true;
                        },
                        (ok2, problem2) -> {
                            journalLane.close();
                            done.run();
                        }));
    }

    private SegmentScrub.Below below(List<SegmentRow> segments, SegmentRow row, List<SegmentRow> above) {
        return new StateReplay(disk, config.producers(), loop.clock())
                .below(row.segment().directory(), segments, row, above);
    }

    /** On whatever thread met the failure, a lane of another shard's store perhaps. */
    private void failedElsewhere(DiskException cause) {
        try {
            loop.post(() -> failed(cause));
        } catch (RejectedExecutionException stopped) {
            LOG.debug("directory {} failed when its loop had stopped", directory);
        }
    }

    private void failed(DiskException cause) {
        if (host.failure() != null) {
            return;
        }
        StorageFailure offline = new StorageFailure(
                "log directory " + directory + " is offline: " + cause.getMessage()
                        + "; replace or repair the disk, then start again",
                true);
        host.failed(offline);
        LOG.error("log_directory_offline directory={} cause=\"{}\"", directory, cause.getMessage());
        LOG.debug("log_directory_offline directory={}", directory, cause);
        disk.stop(cause);
        writeBehind.stop();
        for (JournaledLog log : List.copyOf(logs.values())) {
            log.failed(offline);
        }
        memory.wakeWaiters();
        listener.failed(offline);
        loop.post(this::closeIfDrained);
    }

    private void blocked(DiskException cause) {
        writeBehind.pause();
        space.blocked(cause);
        if (closed != null) {
            closeFull();
        }
    }

    private void refusalChanged(@Nullable String cause) {
        if (cause == null) {
            reserve.makeOn(pool, 2 * config.reserveBytes());
            writeBehind.resume();
            journal.retry();
        }
        memory.wakeWaiters();
        listener.refusing(cause);
    }

    private final class JournalEvents implements Journal.Events {

        @Override
        public void groupSynced() {
            writeBehind.poke();
            closeIfDrained();
        }

        @Override
        public void spaceWanted() {
            writeBehind.spaceWanted();
        }

        @Override
        public void blocked(DiskException cause) {
            // One batch waits: what goes to segments, and what frees space, goes on.
            space.blocked(cause);
            if (closed != null) {
                closeFull();
            }
        }

        @Override
        public void failed(DiskException cause) {
            LogStore.this.failed(cause);
        }
    }

    private final class WriteBehindEvents implements WriteBehind.Events {

        @Override
        public void failed(DiskException cause) {
            LogStore.this.failed(cause);
        }

        @Override
        public void blocked(DiskException cause) {
            LogStore.this.blocked(cause);
        }

        @Override
        public void usable(long bytes) {
            space.usable(bytes);
        }

        @Override
        public void removed(JournaledLog log) {
            Runnable done = deletions.remove(key(log.identity()));
            if (done != null) {
                done.run();
            }
        }

        @Override
        public void idle() {
            closeIfDrained();
        }
    }
}
