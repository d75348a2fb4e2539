package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.Uuid;
import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.RecordBatchScanner;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.runtime.Randomness;
import io.millrace.storage.AppendResult;
import io.millrace.storage.FileSlice;
import io.millrace.storage.LogConfig;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.LogSlice;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.ReadResult;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.TailSlice;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.NioDisk;
import io.millrace.storage.tail.TailMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A store in a folder, moved by hand; dropping it without {@link #close} is a kill -9. */
final class StoreFixture {

    final ManualLoop loop = new ManualLoop();
    final ManualLanes lanes = new ManualLanes();
    final TailMemory memory;
    final LogDirectory directory;
    final LogStore store;
    final List<StorageFailure> failures = new ArrayList<>();
    final List<Boolean> fulls = new ArrayList<>();

    private StoreFixture(Disk disk, Path folder, StorageConfig config, int shards, int shard, long memoryBytes)
            throws StorageStartException {
        memory = new TailMemory(memoryBytes, 1 << 20);
        Random random = new Random(folder.hashCode());
        directory = LogDirectory.open(
                disk, folder, config, memory, shards, id -> id.partition() % shards, loop, new Randomness() {
                    @Override
                    public long nextLong() {
                        return random.nextLong();
                    }

                    @Override
                    public int nextInt(int bound) {
                        return random.nextInt(bound);
                    }
                });
        store = directory.store(shard, loop, lanes, new StoreListener() {
            @Override
            public void failed(StorageFailure failure) {
                failures.add(failure);
            }

            @Override
            public void refusing(@Nullable String cause) {
                fulls.add(cause != null);
            }
        });
    }

    static StoreFixture open(Path folder) throws StorageStartException {
        return new StoreFixture(new NioDisk(), folder, StorageConfig.SMALL, 1, 0, TailMemory.DEFAULT_BUDGET_BYTES);
    }

    static StoreFixture open(Path folder, long memoryBytes) throws StorageStartException {
        return new StoreFixture(new NioDisk(), folder, StorageConfig.SMALL, 1, 0, memoryBytes);
    }

    static StoreFixture open(Disk disk, Path folder, StorageConfig config) throws StorageStartException {
        return open(disk, folder, config, TailMemory.DEFAULT_BUDGET_BYTES);
    }

    static StoreFixture open(Disk disk, Path folder, StorageConfig config, long memoryBytes)
            throws StorageStartException {
        return new StoreFixture(disk, folder, config, 1, 0, memoryBytes);
    }

    static StoreFixture open(Path folder, int shards, int shard) throws StorageStartException {
        return new StoreFixture(
                new NioDisk(), folder, StorageConfig.SMALL, shards, shard, TailMemory.DEFAULT_BUDGET_BYTES);
    }

    /** Runs loop and lanes until nothing is left to do. */
    void settle() {
        int turns = 0;
        boolean ran = true;
        while (ran) {
            ran = loop.turn();
            ran |= lanes.step();
            assertThat(turns++).as("turns").isLessThan(1_000_000);
        }
    }

    void close() throws IOException {
        boolean[] done = {false};
        store.close(() -> done[0] = true);
        settle();
        assertThat(done[0]).as("closed: %s", store).isTrue();
        if (failures.isEmpty()) {
            directory.markClean();
        }
    }

    static LogIdentity identity(String topic, int partition) {
        return new LogIdentity(new Uuid(topic.hashCode() | 1L << 40, 77), topic, partition);
    }

    PartitionLog create(String topic, int partition) {
        return store.create(identity(topic, partition), LogConfig.DEFAULT);
    }

    PartitionLog log(String topic, int partition) {
        PartitionLog found = store.find(identity(topic, partition).topicId(), partition);
        assertThat(found).as(topic + "-" + partition).isNotNull();
        return java.util.Objects.requireNonNull(found);
    }

    static ByteBuffer batch(String... values) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(1024, 16 << 20)) {
            for (String value : values) {
                builder.append(1_700_000_000_000L, null, value.getBytes(StandardCharsets.UTF_8));
            }
            ByteBuffer built = builder.build();
            ByteBuffer copy = ByteBuffer.allocate(built.remaining());
            return copy.put(built).flip();
        }
    }

    static long append(PartitionLog log, String... values) {
        return append(log, 0, values);
    }

    static long append(PartitionLog log, int epoch, String... values) {
        AppendResult result = log.appendAsLeader(batch(values), epoch, ValidationRules.Origin.CLIENT);
        assertThat(result).isInstanceOf(AppendResult.Appended.class);
        return ((AppendResult.Appended) result).baseOffset();
    }

    /** Every value from {@code offset} to the log end, waiting for what is cold. */
    List<String> values(PartitionLog log, long fromOffset) throws IOException {
        List<String> values = new ArrayList<>();
        long offset = fromOffset;
        while (offset < log.logEndOffset()) {
            ReadResult result = log.read(offset, log.logEndOffset(), 1 << 20, true);
            if (result instanceof ReadResult.Pending pending) {
                boolean[] ready = {false};
                pending.whenReady(() -> ready[0] = true);
                settle();
                assertThat(ready[0]).as("ready").isTrue();
                continue;
            }
            assertThat(result).isInstanceOf(ReadResult.Batches.class);
            ReadResult.Batches batches = (ReadResult.Batches) result;
            long next = offset;
            for (LogSlice slice : batches.slices()) {
                next = addValues(bytes(slice), offset, values);
                slice.release();
            }
            assertThat(next).as("progress in %s: %s", log, result).isGreaterThan(offset);
            offset = next;
        }
        return values;
    }

    /** Adds the base offset of each batch; returns the offset behind them. */
    long addBases(ReadResult.Batches batches, List<Long> bases) throws IOException {
        long next = -1;
        for (LogSlice slice : batches.slices()) {
            ByteBuffer bytes = bytes(slice);
            slice.release();
            RecordBatchScanner scanner = new RecordBatchScanner();
            scanner.reset(bytes, 0, bytes.limit());
            while (scanner.next()) {
                bases.add(scanner.batch().baseOffset());
                next = scanner.batch().nextOffset();
            }
        }
        return next;
    }

    static ByteBuffer bytes(LogSlice slice) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(slice.sizeBytes());
        switch (slice) {
            case TailSlice tail -> bytes.put(tail.bytes());
            case FileSlice file -> file.readInto(0, bytes);
        }
        return bytes.flip();
    }

    static long addValues(ByteBuffer bytes, long fromOffset, List<String> values) {
        RecordBatchScanner scanner = new RecordBatchScanner();
        scanner.reset(bytes, 0, bytes.limit());
        long next = fromOffset;
        try (io.millrace.protocol.record.RecordCursor cursor = new io.millrace.protocol.record.RecordCursor()) {
            while (scanner.next()) {
                assertThat(scanner.batch().crcValid()).isTrue();
                cursor.reset(scanner.batch());
                while (cursor.next()) {
                    byte @Nullable [] value = cursor.record().copyValue();
                    if (cursor.record().offset() >= fromOffset) {
                        values.add(new String(java.util.Objects.requireNonNull(value), StandardCharsets.UTF_8));
                    }
                }
                next = scanner.batch().nextOffset();
            }
        }
        assertThat(scanner.position()).isEqualTo(bytes.limit());
        return next;
    }
}
