package io.millrace.replication.replica;

import static io.millrace.replication.fixture.Expect.present;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.Uuid;
import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.replication.fixture.ManualLane;
import io.millrace.replication.fixture.ManualLoop;
import io.millrace.replication.fixture.SeededRandomness;
import io.millrace.replication.metadata.IntList;
import io.millrace.replication.metadata.MetadataDelta;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataReplay;
import io.millrace.replication.metadata.PartitionImage;
import io.millrace.replication.metadata.SnapshotRecords;
import io.millrace.replication.record.FormatRecord;
import io.millrace.replication.record.PartitionsRecord;
import io.millrace.replication.record.TopicRecord;
import io.millrace.runtime.EventLoop;
import io.millrace.storage.LogConfig;
import io.millrace.storage.LogSlice;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.disk.DiskLane;
import io.millrace.storage.disk.DiskLanes;
import io.millrace.storage.disk.NioDisk;
import io.millrace.storage.engine.LogDirectory;
import io.millrace.storage.engine.LogStore;
import io.millrace.storage.engine.StorageConfig;
import io.millrace.storage.engine.StoreListener;
import io.millrace.storage.tail.TailMemory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leaders over the real storage engine, on a real disk, with hand-driven loops. */
class StoredPartitionLogsTest {

    private static final Uuid TOPIC = new Uuid(5, 5);

    @TempDir
    private Path folder;

    /** One life of a broker: a shard with one partition of topic t. */
    private final class BrokerRun {
        final ManualLoop loop = new ManualLoop();
        final List<String> outcomes = new ArrayList<>();
        final LogStore store;
        final StoredPartitionLogs logs;
        final ShardReplicas replicas;
        MetadataImage image;

        BrokerRun(int leaderEpoch) throws Exception {
            TailMemory memory = new TailMemory(4 << 20, 1 << 20);
            LogDirectory directory = LogDirectory.open(
                    new NioDisk(),
                    folder,
                    StorageConfig.SMALL,
                    memory,
                    1,
                    id -> 0,
                    loop.clock(),
                    new SeededRandomness(1));
            store = directory.store(0, loop, new Lanes(loop), new Listener());
            logs = new StoredPartitionLogs(store, (image, topic) -> LogConfig.DEFAULT);
            ShardReplicas.Shard shard = new ShardReplicas.Shard(loop, 0, 1, 1);
            replicas = new ShardReplicas(shard, logs, (image, topic) -> ReplicaSettings.DEFAULT, ReplicaEvents.NONE);
            IntList self = IntList.of(1);
            PartitionsRecord partitions = new PartitionsRecord()
                    .topicId(TOPIC)
                    .partitions(List.of(SnapshotRecords.newPartition(
                            new PartitionImage(0, 1, leaderEpoch, leaderEpoch, self, self))));
            image = MetadataReplay.replay(
                    MetadataImage.EMPTY,
                    List.of(
                            new FormatRecord().clusterId("c").metadataFormat((short) 1),
                            new TopicRecord().name("t").topicId(TOPIC),
                            partitions));
            replicas.changed(MetadataImage.EMPTY, image, MetadataDelta.full(image));
        }

        LeaderReplica leader() {
            return present(replicas.leader(TOPIC, 0));
        }

        void produce(String value) {
            leader().append(batch(value), -1, (short) -1, 1_000, this::done, 0);
        }

        private void done(int slot, ProduceOutcome outcome) {
            outcomes.add(
                    switch (outcome) {
                        case ProduceOutcome.Accepted accepted -> "at " + accepted.baseOffset();
                        case ProduceOutcome.TailFull ignored -> "tail full";
                        case ProduceOutcome.Refused refused -> refused.error() + " " + refused.message();
                    });
        }

        /** Reads from the start, loading what is cold. */
        int readableBytes() {
            ReplicaRead read = read();
            if (read instanceof ReplicaRead.Pending pending) {
                pending.bytes().whenReady(() -> {});
                loop.run();
                read = read();
            }
            assertThat(read).isInstanceOf(ReplicaRead.Batches.class);
            ReplicaRead.Batches batches = (ReplicaRead.Batches) read;
            batches.slices().forEach(LogSlice::release);
            return batches.sizeBytes();
        }

        private ReplicaRead read() {
            return leader().read(0, ReadBound.COMMITTED, -1, -1, 1 << 20, true);
        }
    }

    private record Lanes(ManualLoop loop) implements DiskLanes {

        @Override
        public DiskLane dedicated(String name, EventLoop owner) {
            return new ManualLane(loop);
        }

        @Override
        public DiskLane writeBehind(Path directory, EventLoop owner) {
            return new ManualLane(loop);
        }

        @Override
        public DiskLane pool(EventLoop owner) {
            return new ManualLane(loop);
        }

        @Override
        public void close() {}
    }

    private static final class Listener implements StoreListener {

        @Override
        public void failed(StorageFailure failure) {
            throw new AssertionError(failure.message());
        }

        @Override
        public void refusing(@Nullable String cause) {}
    }

    private static ByteBuffer batch(String value) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(1024, 1 << 20)) {
            builder.codec(Codec.NONE).append(1_700_000_000_000L, null, value.getBytes(StandardCharsets.UTF_8));
            ByteBuffer built = builder.build();
            return ByteBuffer.allocate(built.remaining()).put(built).flip();
        }
    }

    @Test
    void whatWasAcknowledgedIsThereAfterAKillAndTheEpochMovesOn() throws Exception {
        BrokerRun first = new BrokerRun(0);
        first.produce("one");
        first.produce("two");
        assertThat(first.outcomes).isEmpty();
        assertThat(first.readableBytes()).isZero();
        first.loop.run();
        assertThat(first.outcomes).containsExactly("at 0", "at 1");
        int bytes = first.readableBytes();
        assertThat(bytes).isPositive();

        BrokerRun second = new BrokerRun(1);
        assertThat(second.leader().highWatermark()).isEqualTo(2);
        assertThat(second.readableBytes()).isEqualTo(bytes);
        second.produce("three");
        second.loop.run();
        assertThat(second.outcomes).containsExactly("at 2");
        assertThat(second.leader().epochEnd(1, 0).endOffset()).isEqualTo(2);
        assertThat(second.logs.strays(second.image)).isEmpty();
        assertThat(second.logs.strays(MetadataImage.EMPTY)).hasSize(1);
    }

    @Test
    void aLogIsNeverLedTwiceInOneEpoch() throws Exception {
        BrokerRun first = new BrokerRun(3);
        first.produce("one");
        first.loop.run();
        BrokerRun second = new BrokerRun(3);
        second.produce("two");
        second.loop.run();
        assertThat(second.outcomes).singleElement().asString().contains("KAFKA_STORAGE_ERROR", "leader epoch 3");
        assertThat(second.leader().logEndOffset()).isEqualTo(1);
    }
}
