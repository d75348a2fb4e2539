package io.millrace.broker.produce;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.fixture.ManualLoop;
import io.millrace.protocol.Uuid;
import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.replica.Durability;
import io.millrace.replication.replica.PartitionLogs;
import io.millrace.replication.replica.ReplicaEvents;
import io.millrace.replication.replica.ReplicaSettings;
import io.millrace.replication.replica.ShardReplicas;
import io.millrace.storage.CheckedBatches;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.PartitionLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CheckQueueTest {

    private static final ByteBuffer PLAIN = batch(Codec.NONE, 10, 100);
    private static final ByteBuffer SMALL = batch(Codec.GZIP, 10, 100);
    /** Under a kilobyte, and unpacks to far more than a shard has time for. */
    private static final ByteBuffer BOMB = batch(Codec.ZSTD, 1, 500_000);

    private static final ByteBuffer LARGE = largeBatch();

    private final ManualLoop loop = new ManualLoop();
    private final ShardReplicas replicas = new ShardReplicas(
            new ShardReplicas.Shard(loop, 0, 1, 1),
            new NoLogs(),
            (image, topic) -> new ReplicaSettings(1, Durability.SYNCED),
            ReplicaEvents.NONE);
    private final Deque<Runnable> atWorkers = new ArrayDeque<>();
    private final CheckQueue queue = new CheckQueue(loop, replicas, new AppendQueue(loop, replicas), atWorkers::offer);
    private final List<String> appended = new ArrayList<>();
    private final List<String> givenUp = new ArrayList<>();
    private final List<ByteBuf> buffers = new ArrayList<>();

    @AfterEach
    void everyBufferIsFree() {
        while (!atWorkers.isEmpty()) {
            worked();
        }
        queue.close();
        assertThat(queue.size()).isZero();
        assertThat(buffers).allSatisfy(buffer -> assertThat(buffer.refCnt()).isZero());
    }

    @Test
    void whatIsPlainOrUnpacksToLittleIsAppendedAtOnce() {
        take("plain", 0, PLAIN);
        take("small", 0, SMALL);
        assertThat(appended).containsExactly("plain", "small checked");
        assertThat(atWorkers).isEmpty();
    }

    @Test
    void whatUnpacksToMuchGoesToAWorkerHoweverSmallItIs() {
        assertThat(BOMB.remaining()).isLessThan(CheckQueue.MAX_INLINE_BYTES);
        assertThat(LARGE.remaining()).isGreaterThan(CheckQueue.MAX_INLINE_BYTES);
        take("bomb", 0, BOMB);
        take("large", 1, LARGE);
        assertThat(atWorkers).hasSize(2);
        assertThat(appended).isEmpty();
        worked();
        assertThat(appended).containsExactly("bomb checked");
        worked();
        assertThat(appended).containsExactly("bomb checked", "large checked");
    }

    @Test
    void thePartitionsOrderStaysAndOtherPartitionsGoOn() {
        take("large", 0, LARGE);
        take("behind", 0, PLAIN);
        take("packed behind", 0, SMALL);
        take("other", 1, PLAIN);
        take("packed other", 1, SMALL);
        assertThat(appended).containsExactly("other", "packed other checked");
        worked();
        assertThat(appended).endsWith("large checked", "behind").hasSize(4);
        worked();
        assertThat(appended).endsWith("packed behind checked").hasSize(5);
    }

    @Test
    void checksOfOnePartitionThatEndInAnotherOrderAreAppendedInTheirs() {
        take("a", 0, LARGE);
        take("b", 0, LARGE);
        Runnable first = atWorkers.remove();
        worked();
        assertThat(appended).isEmpty();
        first.run();
        loop.run();
        assertThat(appended).containsExactly("a checked", "b checked");
    }

    @Test
    void workersHaveABoundedNumberAtATimeAndTheOthersFollow() {
        for (int i = 0; i < CheckQueue.MAX_IN_FLIGHT + 3; i++) {
            take("p" + i, i, LARGE);
        }
        assertThat(atWorkers).hasSize(CheckQueue.MAX_IN_FLIGHT);
        worked();
        assertThat(atWorkers).hasSize(CheckQueue.MAX_IN_FLIGHT);
        while (!atWorkers.isEmpty()) {
            worked();
        }
        assertThat(appended).hasSize(CheckQueue.MAX_IN_FLIGHT + 3);
    }

    @Test
    void withoutWorkersTheShardLooksItself() {
        CheckQueue alone = new CheckQueue(loop, replicas, new AppendQueue(loop, replicas), work -> false);
        alone.take(new Named("large", 0, buffer(LARGE)), 0);
        loop.run();
        assertThat(appended).containsExactly("large checked");
        alone.close();
    }

    @Test
    void whatAGoneClientSentIsGivenUpAlsoWhileAWorkerReadsIt() {
        Named gone = take("gone", 0, LARGE);
        take("next", 0, LARGE);
        for (int i = 0; i < CheckQueue.MAX_IN_FLIGHT; i++) {
            take("p" + i, 1, LARGE);
        }
        Named waits = take("waits", 1, LARGE);
        queue.withdraw(gone);
        queue.withdraw(waits);
        assertThat(givenUp).containsExactly("gone", "waits");
        assertThat(buffers.getFirst().refCnt()).as("the worker's own reference").isEqualTo(1);
        worked();
        assertThat(buffers.getFirst().refCnt()).isZero();
        while (!atWorkers.isEmpty()) {
            worked();
        }
        assertThat(appended).hasSize(1 + CheckQueue.MAX_IN_FLIGHT).doesNotContain("gone checked", "waits checked");
    }

    @Test
    void ofSeveralBatchesOfAGoneClientNoneIsAppendedWithoutThoseBefore() {
        Named first = take("first", 0, LARGE);
        Named second = take("second", 0, LARGE);
        take("another client's", 0, PLAIN);
        Runnable checkOfFirst = atWorkers.remove();
        worked();
        queue.withdraw(first);
        queue.withdraw(second);
        loop.run();
        checkOfFirst.run();
        loop.run();
        assertThat(givenUp).containsExactly("first", "second");
        assertThat(appended).containsExactly("another client's");
    }

    private Named take(String name, int partition, ByteBuffer batch) {
        Named request = new Named(name, partition, buffer(batch));
        queue.take(request, 0);
        return request;
    }

    private ByteBuf buffer(ByteBuffer batch) {
        ByteBuf buffer = Unpooled.copiedBuffer(batch);
        buffers.add(buffer);
        return buffer;
    }

    private void worked() {
        atWorkers.remove().run();
        loop.run();
    }

    private static ByteBuffer batch(Codec codec, int records, int valueBytes) {
        return batch(codec, records, new byte[valueBytes]);
    }

    private static ByteBuffer batch(Codec codec, int records, byte[] value) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(256, 1 << 24).codec(codec)) {
            for (int i = 0; i < records; i++) {
                builder.append(1_700_000_000_000L, null, value);
            }
            ByteBuffer built = builder.build();
            return ByteBuffer.allocate(built.remaining()).put(built).flip();
        }
    }

    private static ByteBuffer largeBatch() {
        byte[] noise = new byte[CheckQueue.MAX_INLINE_BYTES + 1];
        new Random(1).nextBytes(noise);
        return batch(Codec.LZ4, 1, noise);
    }

    private final class Named implements CheckQueue.Request {

        private final String name;
        private final int partition;
        private final ByteBuf batch;
        private boolean checked;

        Named(String name, int partition, ByteBuf batch) {
            this.name = name;
            this.partition = partition;
            this.batch = batch;
        }

        @Override
        public CheckQueue.Place place(int slot) {
            return new CheckQueue.Place(Uuid.ZERO, partition);
        }

        @Override
        public ByteBuf batch(int slot) {
            return batch;
        }

        @Override
        public ValidationRules rules(int slot, ShardReplicas ignored) {
            return ValidationRules.forClients(1 << 20);
        }

        @Override
        public void checked(int slot, CheckedBatches found) {
            assertThat(found.refusal()).isNull();
            checked = true;
        }

        @Override
        public void broken(int slot, RuntimeException defect) {
            throw new AssertionError(defect);
        }

        @Override
        public boolean tryAppend(int slot, ShardReplicas ignored) {
            appended.add(name + (checked ? " checked" : ""));
            batch.release();
            return true;
        }

        @Override
        public void giveUp(int slot) {
            givenUp.add(name);
            batch.release();
        }

        @Override
        public long timeoutNs() {
            return 1_000_000_000;
        }
    }

    private static final class NoLogs implements PartitionLogs {

        @Override
        public @Nullable PartitionLog open(LogIdentity identity, MetadataImage image) {
            return null;
        }

        @Override
        public void reconfigure(PartitionLog log, MetadataImage image) {}

        @Override
        public void whenRoom(Runnable task) {}

        @Override
        public void delete(PartitionLog log) {}
    }
}
