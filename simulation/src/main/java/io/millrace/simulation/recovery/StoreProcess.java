package io.millrace.simulation.recovery;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.simulation.SimLanes;
import io.millrace.simulation.SimLoop;
import io.millrace.simulation.SimRandom;
import io.millrace.simulation.SimScheduler;
import io.millrace.storage.FileSlice;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.LogSlice;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.ReadResult;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.TailSlice;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.engine.LogDirectory;
import io.millrace.storage.engine.LogStore;
import io.millrace.storage.engine.StorageConfig;
import io.millrace.storage.engine.StorageStartException;
import io.millrace.storage.engine.StoreListener;
import io.millrace.storage.tail.TailMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One life of the storage engine on a simulated machine, from start to stop or power cut. Owned by the check's thread. */
final class StoreProcess {

    static final Path FOLDER = Path.of("/data");
    private static final int MAX_EVENTS = 200_000;
    private static final long TAIL_BYTES = 8 << 20;
    private static final int CHUNK_BYTES = 32 * 1024;
    private static final int READ_BYTES = 64 * 1024;
    private static final long MAX_LANE_DELAY_NS = 4_000_000;

    private final SimScheduler scheduler = new SimScheduler();
    private final SimLanes lanes;
    private final LogDirectory directory;
    private final List<SimLoop> loops = new ArrayList<>();
    private final List<LogStore> stores = new ArrayList<>();
    private @Nullable StorageFailure failure;
    private boolean full;

    private StoreProcess(Disk disk, SimRandom random, int shards, StorageConfig config) throws StorageStartException {
        lanes = new SimLanes(scheduler, random.split(), MAX_LANE_DELAY_NS);
        directory = LogDirectory.open(
                disk,
                FOLDER,
                config,
                new TailMemory(TAIL_BYTES, CHUNK_BYTES),
                shards,
                identity -> shardOf(identity, shards),
                scheduler.clock(),
                random.split());
        for (int shard = 0; shard < shards; shard++) {
            SimLoop loop = new SimLoop("shard-" + shard, scheduler);
            loops.add(loop);
            int index = shard;
            stores.add(within(loop, () -> directory.store(index, loop, lanes, new Events())));
        }
    }

    /** Boots: recovers what the disk holds. */
    static StoreProcess start(Disk disk, SimRandom random, int shards, StorageConfig config) {
        try {
            return new StoreProcess(disk, random, shards, config);
        } catch (StorageStartException e) {
            throw new Violation("the start failed: " + e, e);
        }
    }

    private final class Events implements StoreListener {

        @Override
        public void failed(StorageFailure cause) {
            failure = cause;
        }

        @Override
        public void refusing(@Nullable String cause) {
            full = cause != null;
        }
    }

    SimScheduler scheduler() {
        return scheduler;
    }

    LogDirectory directory() {
        return directory;
    }

    /** Why the directory went offline; null while it has not. */
    @Nullable
    StorageFailure failure() {
        return failure;
    }

    boolean isFull() {
        return full;
    }

    private static int shardOf(LogIdentity identity, int shards) {
        return Math.floorMod(Long.hashCode(identity.topicId().leastSignificantBits()) + identity.partition(), shards);
    }

    LogStore storeOf(LogIdentity identity) {
        return stores.get(shardOf(identity, stores.size()));
    }

    /** Runs on the loop that owns the log. */
    <T> T onLoopOf(LogIdentity identity, Supplier<T> task) {
        return within(loops.get(shardOf(identity, loops.size())), task);
    }

    void runOnLoopOf(LogIdentity identity, Runnable task) {
        loops.get(shardOf(identity, loops.size())).runNow(task);
    }

    private static <T> T within(SimLoop loop, Supplier<T> task) {
        List<T> result = new ArrayList<>(1);
        loop.runNow(() -> result.add(task.get()));
        return result.getFirst();
    }

    /** Runs all there is to do within the next {@code durationNs}. */
    void runFor(long durationNs) {
        scheduler.runFor(durationNs);
    }

    /** Clean stop: when it answers, everything is in segments and the clean mark is on the disk. */
    void stop() throws IOException {
        boolean[] done = new boolean[stores.size()];
        for (int i = 0; i < done.length; i++) {
            int index = i;
            loops.get(i).runNow(() -> stores.get(index).close(() -> done[index] = true));
        }
        boolean stopped = scheduler.runUntil(
                () -> {
                    for (boolean one : done) {
                        if (!one) {
                            return failure != null;
                        }
                    }
                    return true;
                },
                MAX_EVENTS);
        if (!stopped) {
            throw new Violation("the clean stop never ends: nothing is left to do and it is not done");
        }
        if (failure == null) {
            directory.markClean();
        }
        lanes.close();
    }

    @Nullable
    PartitionLog find(LogIdentity identity) {
        @Nullable PartitionLog[] found = {null};
        runOnLoopOf(identity, () -> found[0] = storeOf(identity).find(identity.topicId(), identity.partition()));
        return found[0];
    }

    /** All logs of all shards. */
    List<PartitionLog> logs() {
        List<PartitionLog> logs = new ArrayList<>();
        for (int i = 0; i < stores.size(); i++) {
            int index = i;
            loops.get(i).runNow(() -> stores.get(index).logs().forEach(logs::add));
        }
        return logs;
    }

    /** Everything that a reader of this log can see; again when retention moves the start meanwhile. */
    FoundLog read(PartitionLog log) {
        while (true) {
            long start = log.logStartOffset();
            FoundLog found = readFrom(log);
            if (found != null && log.logStartOffset() == start) {
                return found;
            }
        }
    }

    /** Null when the log start overtook the reader. */
    private @Nullable FoundLog readFrom(PartitionLog log) {
        LogIdentity identity = log.identity();
        List<byte[]> batches = new ArrayList<>();
        StorageFailure damage = log.damage();
        long offset = damage == null ? log.logStartOffset() : log.logEndOffset();
        while (offset < log.logEndOffset()) {
            long from = offset;
            ReadResult result = onLoopOf(identity, () -> log.read(from, log.logEndOffset(), READ_BYTES, true));
            switch (result) {
                case ReadResult.Batches(List<LogSlice> slices, int sizeBytes, long endOffset) ->
                    offset = take(slices, from, batches);
                case ReadResult.Pending pending -> await(identity, pending);
                case ReadResult.OutOfRange(long start, long end)
                when start > from -> {
                    return null;
                }
                case ReadResult.OutOfRange(long start, long end) ->
                    throw new Violation(identity + ": read at " + from + " is out of range " + start + ".." + end
                            + " though the log is " + log.logStartOffset() + ".." + log.logEndOffset());
                case ReadResult.Failed(StorageFailure cause) ->
                    throw new Violation(identity + ": read at " + from + " failed: " + cause.message());
                case ReadResult.Damaged(StorageFailure cause) ->
                    throw new Violation(
                            identity + ": read at " + from + " finds damage on an honest disk: " + cause.message());
            }
        }
        return new FoundLog(
                true,
                log.logStartOffset(),
                log.logEndOffset(),
                log.recoveredHighWatermark(),
                List.copyOf(batches),
                damage == null ? null : damage.message());
    }

    private void await(LogIdentity identity, ReadResult.Pending pending) {
        boolean[] ready = {false};
        runOnLoopOf(identity, () -> pending.whenReady(() -> ready[0] = true));
        if (!scheduler.runUntil(() -> ready[0], MAX_EVENTS)) {
            throw new Violation(identity + ": a pending read never becomes ready");
        }
    }

    private static long take(List<LogSlice> slices, long from, List<byte[]> batches) {
        long next = from;
        for (LogSlice slice : slices) {
            ByteBuffer bytes = ByteBuffer.allocate(slice.sizeBytes());
            switch (slice) {
                case TailSlice tail -> bytes.put(tail.bytes());
                case FileSlice file -> fill(file, bytes);
            }
            slice.release();
            next = split(bytes.array(), next, batches);
        }
        if (next == from) {
            throw new Violation("a read at " + from + " below the log end answered nothing");
        }
        return next;
    }

    private static void fill(FileSlice file, ByteBuffer target) {
        try {
            file.readInto(0, target);
        } catch (IOException e) {
            throw new Violation("a slice cannot be read: " + e.getMessage(), e);
        }
        if (target.hasRemaining()) {
            throw new Violation("a slice of " + file.sizeBytes() + " bytes came up " + target.remaining() + " short");
        }
    }

    private static long split(byte[] bytes, long from, List<byte[]> batches) {
        RecordBatchView view = new RecordBatchView();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long next = from;
        int at = 0;
        while (at < bytes.length) {
            view.wrap(buffer, at);
            if (bytes.length - at < RecordBatchView.HEADER_BYTES
                    || view.endPosition() > bytes.length
                    || !view.crcValid()) {
                throw new Violation("a read at " + from + " answered a damaged batch at byte " + at);
            }
            boolean follows = batches.isEmpty() ? view.nextOffset() > next : view.baseOffset() >= next;
            if (!follows) {
                throw new Violation(
                        "a read at " + next + " answered batch " + view.baseOffset() + ".." + view.nextOffset());
            }
            byte[] batch = new byte[view.sizeBytes()];
            buffer.get(at, batch);
            batches.add(batch);
            next = view.nextOffset();
            at = view.endPosition();
        }
        return next;
    }
}
