package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.ValidationRules;
import io.millrace.runtime.Clock;
import io.millrace.runtime.EventLoop;
import io.millrace.runtime.SystemClock;
import io.millrace.runtime.SystemRandomness;
import io.millrace.runtime.Timer;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.disk.NioDisk;
import io.millrace.storage.disk.ThreadLanes;
import io.millrace.storage.tail.TailMemory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store as the broker runs it: a loop thread, lane threads, a real disk. */
class LogStoreThreadsIT {

    private static final int LOGS = 8;
    private static final int BATCHES_PER_LOG = 400;

    @TempDir
    Path folder;

    private static final class ThreadLoop implements EventLoop {
        private final AtomicReference<Thread> thread = new AtomicReference<>();
        private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "loop");
            thread.set(made);
            return made;
        });
        private final Clock clock = new SystemClock();

        @Override
        public String name() {
            return "loop";
        }

        @Override
        public Clock clock() {
            return clock;
        }

        @Override
        public void post(Runnable task) {
            executor.execute(task);
        }

        @Override
        public Timer schedule(long delayNs, Runnable task) {
            var scheduled = executor.schedule(task, delayNs, TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        }

        @Override
        public boolean isOwner() {
            return Thread.currentThread().equals(thread.get());
        }

        <T> T call(java.util.concurrent.Callable<T> task) throws Exception {
            return executor.submit(task).get(60, TimeUnit.SECONDS);
        }
    }

    /** Keeps one append in flight per log: the next goes when the last is synced. */
    private static final class Pump implements PartitionLog.Listener {
        private final PartitionLog log;
        private final ByteBuffer batch;
        private final CompletableFuture<Void> done;
        private int sent;

        Pump(PartitionLog log, ByteBuffer batch, CompletableFuture<Void> done) {
            this.log = log;
            this.batch = batch;
            this.done = done;
        }

        void send() {
            AppendResult result = log.appendAsLeader(batch.duplicate(), 0, ValidationRules.Origin.CLIENT);
            if (!(result instanceof AppendResult.Appended)) {
                done.completeExceptionally(new AssertionError(result.toString()));
            }
            sent++;
        }

        @Override
        public void writtenTo(long endOffset) {}

        @Override
        public void syncedTo(long endOffset) {
            if (endOffset == log.logEndOffset()) {
                if (sent == BATCHES_PER_LOG) {
                    done.complete(null);
                } else {
                    send();
                }
            }
        }

        @Override
        public void failed(StorageFailure failure) {
            done.completeExceptionally(new AssertionError(failure.message()));
        }
    }

    @Test
    void manyLogsShareOneJournalAndStopCleanly() throws Exception {
        ThreadLoop loop = new ThreadLoop();
        ThreadLanes lanes = new ThreadLanes(2);
        LogDirectory directory = open(loop);
        LogStore store = loop.call(() -> directory.store(0, loop, lanes, new Quiet()));
        ByteBuffer batch = StoreFixture.batch("x".repeat(30_000));
        List<CompletableFuture<Void>> pumps = new ArrayList<>();
        for (int i = 0; i < LOGS; i++) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            pumps.add(done);
            int partition = i;
            loop.post(() -> {
                PartitionLog log = store.create(StoreFixture.identity("t", partition), LogConfig.DEFAULT);
                Pump pump = new Pump(log, batch, done);
                log.listener(pump);
                pump.send();
            });
        }
        CompletableFuture.allOf(pumps.toArray(CompletableFuture[]::new)).get(120, TimeUnit.SECONDS);
        long groups = loop.call(() -> store.counts().journalGroups());
        assertThat(groups).isLessThan((long) LOGS * BATCHES_PER_LOG);
        CompletableFuture<Void> closed = new CompletableFuture<>();
        loop.post(() -> store.close(() -> closed.complete(null)));
        closed.get(60, TimeUnit.SECONDS);
        directory.markClean();
        lanes.close();

        LogDirectory again = open(loop);
        assertThat(again.cleanlyStopped()).isTrue();
        assertThat(again.replayedGroups()).isZero();
        ThreadLanes newLanes = new ThreadLanes(2);
        LogStore reopened = loop.call(() -> again.store(0, loop, newLanes, new Quiet()));
        for (PartitionLog log : reopened.logs()) {
            assertThat(log.logEndOffset()).isEqualTo(BATCHES_PER_LOG);
        }
        newLanes.close();
        loop.executor.shutdown();
    }

    private LogDirectory open(ThreadLoop loop) throws StorageStartException {
        TailMemory memory = new TailMemory(TailMemory.DEFAULT_BUDGET_BYTES, TailMemory.DEFAULT_CHUNK_BYTES);
        return LogDirectory.open(
                new NioDisk(), folder, StorageConfig.SMALL, memory, 1, id -> 0, loop.clock(), new SystemRandomness());
    }

    private static final class Quiet implements StoreListener {
        @Override
        public void failed(StorageFailure failure) {}

        @Override
        public void refusing(@Nullable String cause) {}
    }
}
