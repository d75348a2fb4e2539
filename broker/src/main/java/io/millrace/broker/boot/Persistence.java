package io.millrace.broker.boot;

import io.millrace.broker.admin.BrokerHealth;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.logs.LogFolder;
import io.millrace.broker.metrics.LogMeters;
import io.millrace.broker.metrics.Meter;
import io.millrace.broker.metrics.Readings;
import io.millrace.broker.metrics.ShardTraffic;
import io.millrace.broker.shard.Shard;
import io.millrace.network.loop.NettyEventLoop;
import io.millrace.network.loop.ShardLoops;
import io.millrace.protocol.Uuid;
import io.millrace.replication.folder.DataFolder;
import io.millrace.replication.folder.DataFolderException;
import io.millrace.replication.folder.FolderExpectation;
import io.millrace.replication.metadatalog.LocalMetadataLog;
import io.millrace.replication.metadatalog.LocalMetadataLogConfig;
import io.millrace.replication.metadatalog.MetadataLog;
import io.millrace.replication.replica.ShardAssignment;
import io.millrace.replication.replica.ShardReplicas;
import io.millrace.replication.replica.StoredPartitionLogs;
import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Randomness;
import io.millrace.runtime.SystemClock;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.compaction.CompactionSlot;
import io.millrace.storage.compaction.CompactionTotals;
import io.millrace.storage.disk.DirectoryLock;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskLanes;
import io.millrace.storage.disk.NioDisk;
import io.millrace.storage.disk.ThreadLanes;
import io.millrace.storage.engine.LogDirectory;
import io.millrace.storage.engine.LogStore;
import io.millrace.storage.engine.StorageConfig;
import io.millrace.storage.engine.StorageStartException;
import io.millrace.storage.engine.StoreListener;
import io.millrace.storage.scrub.ScrubSlot;
import io.millrace.storage.tail.TailMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything of a broker that lies on disk: the data folder, its logs, the lanes that reach them. Owned by the starting thread. */
final class Persistence implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Persistence.class);
    private static final int POOL_THREADS = 2;

    private final Disk disk;
    private final DataFolder folder;
    private final LogDirectory logs;
    private final TailMemory memory;
    private final DiskLanes lanes;
    private final Consumer<String> fatal;
    private final List<EventLoop> loops = new ArrayList<>();
    private final List<LogStore> stores = new ArrayList<>();
    /** How many shards refuse what clients send. */
    private final AtomicInteger refusing = new AtomicInteger();

    private boolean stopped;

    private Persistence(
            Disk disk,
            DataFolder folder,
            LogDirectory logs,
            TailMemory memory,
            DiskLanes lanes,
            Consumer<String> fatal) {
        this.disk = disk;
        this.folder = folder;
        this.logs = logs;
        this.memory = memory;
        this.lanes = lanes;
        this.fatal = fatal;
    }

    /** Takes the folder and recovers its logs. */
    static Persistence open(BrokerConfig config, Randomness randomness, Consumer<String> fatal)
            throws BrokerStartException {
        Disk disk = new NioDisk();
        DataFolder folder;
        try {
            folder = DataFolder.open(
                    disk,
                    path -> DirectoryLock.acquire(path)::close,
                    config.dataFolder(),
                    new FolderExpectation(config.nodeId(), null),
                    randomness);
        } catch (DataFolderException e) {
            throw new BrokerStartException(e.getMessage(), e);
        }
        try {
            TailMemory memory = new TailMemory(config.tailMemoryBytes(), TailMemory.DEFAULT_CHUNK_BYTES);
            LogDirectory logs = LogDirectory.open(
                    disk,
                    config.dataFolder(),
                    storage(config),
                    memory,
                    config.shards(),
                    id -> ShardAssignment.shardOf(id.topic(), id.partition(), config.shards()),
                    new SystemClock(),
                    randomness);
            return new Persistence(disk, folder, logs, memory, new ThreadLanes(POOL_THREADS), fatal);
        } catch (StorageStartException e) {
            release(folder);
            throw new BrokerStartException(e.getMessage(), e);
        }
    }

    private static StorageConfig storage(BrokerConfig config) {
        StorageConfig sizes = config.ephemeral() ? StorageConfig.SMALL : StorageConfig.DEFAULT;
        CompactionSlot compaction = new CompactionSlot();
        compaction.dedupeBytes(DedupeMemory.allowed(config.cleaner().dedupeBytes()));
        compaction.maxBytesPerSecond(config.cleaner().maxBytesPerSecond());
        return sizes.withCompaction(compaction)
                .withScrub(new ScrubSlot(
                        config.scrub().intervalMs(), config.scrub().bytesPerSecond()))
                .withProducers(sizes.producers().withExpirationMs(config.producerIdExpirationMs()));
    }

    void startStores(ShardLoops shardLoops, BrokerHealth health) {
        for (NettyEventLoop loop : shardLoops.shards()) {
            loops.add(loop);
            stores.add(logs.store(stores.size(), loop, lanes, new StoreEvents(loop.name(), health)));
        }
    }

    /** One line each, and not ready meanwhile; the directory's state is in the answers that clients get. */
    private final class StoreEvents implements StoreListener {

        private final String shard;
        private final BrokerHealth health;

        StoreEvents(String shard, BrokerHealth health) {
            this.shard = shard;
            this.health = health;
        }

        @Override
        public void failed(StorageFailure failure) {
            health.problem("log-directory-offline " + folder.path(), failure.message());
            // The only directory is gone: with none left the process exits.
            fatal.accept(failure.message());
        }

        @Override
        public void refusing(@Nullable String cause) {
            String problem = "disk-full " + shard;
            if (cause != null) {
                health.problem(problem, cause);
                // The shards of a directory run out of space together: one line for all.
                if (refusing.getAndIncrement() == 0) {
                    LOG.warn("event=produce-refused folder={} cause=\"{}\"", folder.path(), cause);
                }
            } else {
                health.resolved(problem);
                if (refusing.decrementAndGet() == 0) {
                    LOG.warn("event=produce-resumed folder={}", folder.path());
                }
            }
        }
    }

    MetadataLog metadataLog(EventLoop controlLoop) {
        return new LocalMetadataLog(
                controlLoop,
                disk,
                lanes.dedicated("metadata", controlLoop),
                folder.metadataDirectory(),
                LocalMetadataLogConfig.DEFAULT);
    }

    Shard shard(int index, EventLoop loop, ControlPlane control, BrokerConfig config, Measures measures) {
        ShardTraffic traffic = new ShardTraffic(measures.naming());
        ShardReplicas replicas = new ShardReplicas(
                new ShardReplicas.Shard(loop, index, stores.size(), config.nodeId()),
                new StoredPartitionLogs(stores.get(index), control.topicConfigs()::logConfig),
                control.topicConfigs()::replicaSettings,
                traffic);
        measures.gathering().on(loop, traffic);
        int maxPartitions = Math.ceilDiv(config.metrics().maxPartitions(), stores.size());
        measures.gathering().on(loop, new LogMeters(replicas, traffic, stores.get(index), maxPartitions));
        return new Shard(index, loop, replicas);
    }

    /** The memory of all tails; any thread. */
    void readMemory(Readings into) {
        into.add(Meter.TAIL_USED, memory.usedBytes());
        into.add(Meter.TAIL_ALLOCATED, memory.allocatedBytes());
        into.add(Meter.TAIL_LIMIT, memory.budgetBytes());
        into.add(Meter.TAIL_REFUSALS, memory.refusals());
        into.add(Meter.TAIL_LENT, memory.lentBytes());
        into.add(Meter.TAIL_LOAN_REFUSALS, memory.loanRefusals());
        into.add(Meter.TAIL_MOVED, memory.movedBytes());
        into.add(Meter.TAIL_LOST, memory.lostSlices());
        into.add(Meter.TAIL_ALLOCATION_FAILURES, memory.allocationFailures());
    }

    /** What compaction has done; any thread. */
    void readCompaction(Readings into) {
        CompactionTotals totals = logs.compactionTotals();
        into.add(Meter.COMPACTION_PASSES, totals.passes());
        into.add(Meter.COMPACTION_FAILURES, totals.failures());
        into.add(Meter.COMPACTION_SECONDS, totals.passNs() / 1e9);
        into.add(Meter.COMPACTION_READ, totals.readBytes());
        into.add(Meter.COMPACTION_WRITTEN, totals.writtenBytes());
        into.add(Meter.COMPACTION_DROPPED, totals.droppedRecords());
        into.max(Meter.COMPACTION_DIRTY_RATIO, totals.lastDirtyRatio());
    }

    /** What scrubbing has done; any thread. */
    void readScrub(Readings into) {
        ScrubSlot scrub = logs.scrub();
        into.add(Meter.SCRUB_READ, scrub.readBytes());
        into.add(Meter.SCRUB_SOUND, scrub.soundSegments());
        into.add(Meter.SCRUB_REBUILT, scrub.rebuiltSides());
        into.add(Meter.SCRUB_FAILURES, scrub.failures());
    }

    LogFolder logFolder() {
        return new LogFolder(folder.path(), disk, lanes);
    }

    /** Durable when this returns: what a later start compares to tell whether it missed anything. */
    void storeBrokerEpoch(long brokerEpoch) throws BrokerStartException {
        try {
            logs.storeBrokerEpoch(brokerEpoch);
        } catch (DiskException e) {
            throw new BrokerStartException(
                    "cannot write to the data folder " + folder.path() + " (" + e.getMessage()
                            + "): free some space on its disk, or check the disk",
                    e);
        }
    }

    String clusterId() {
        return folder.clusterId();
    }

    Uuid directoryId() {
        return folder.directoryId();
    }

    /** Writes everything to segments; their journals are empty afterwards, unless the disk is full or failed. */
    void closeStores() {
        boolean clean = true;
        for (int i = 0; i < stores.size(); i++) {
            LogStore store = stores.get(i);
            CompletableFuture<Void> done = new CompletableFuture<>();
            loops.get(i).post(() -> store.close(() -> done.complete(null)));
            done.join();
            StorageFailure failure = store.failure();
            if (failure != null) {
                clean = false;
                LOG.warn("event=journal-kept folder={} cause=\"{}\"", folder.path(), failure.message());
            }
        }
        stopped = clean;
    }

    @Override
    public void close() {
        lanes.close();
        if (stopped) {
            try {
                logs.markClean();
            } catch (DiskException e) {
                LOG.warn(
                        "event=clean-mark-failed folder={} effect=\"the next start replays nothing, but checks more\"",
                        folder.path(),
                        e);
            }
        }
        release(folder);
    }

    private static void release(DataFolder folder) {
        try {
            folder.close();
        } catch (DataFolderException e) {
            // The lock goes with the process anyway.
            LOG.warn("event=folder-release-failed folder={}", folder.path(), e);
        }
    }
}
