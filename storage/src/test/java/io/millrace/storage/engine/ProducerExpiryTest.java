package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.producer.ProducerCount;
import io.millrace.storage.producer.ProducerLimits;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which producers a broker remembers, over all its logs and their lives. */
class ProducerExpiryTest {

    private static final Path FOLDER = Path.of("dir");
    private static final int MAX_PRODUCERS = 20;
    private static final long EXPIRATION_MS = 60_000;

    private final FaultDisk disk = new FaultDisk(1);
    private final ProducerCount count = new ProducerCount(MAX_PRODUCERS);

    @BeforeEach
    void makeFolder() throws DiskException {
        disk.createDirectories(FOLDER);
    }

    private StoreFixture open() throws Exception {
        StorageConfig small = StorageConfig.SMALL;
        ProducerLimits limits = new ProducerLimits(1000, EXPIRATION_MS, count);
        return StoreFixture.open(
                disk,
                FOLDER,
                new StorageConfig(small.journal(), limits, small.segments().maxDirtyBytes(), 4, 4, 64, 0));
    }

    private static AppendResult append(PartitionLog log, long producerId, int sequence) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(1024, 16 << 20)) {
            builder.producer(producerId, (short) 0, sequence).append(1_700_000_000_000L, null, new byte[] {1});
            ByteBuffer built = builder.build();
            return log.appendAsLeader(
                    ByteBuffer.allocate(built.remaining()).put(built).flip(), 0, ValidationRules.Origin.CLIENT);
        }
    }

    @Test
    void producersOfDeletedLogsAreNotCounted() throws Exception {
        StoreFixture fixture = open();
        for (int i = 0; i < 30; i++) {
            PartitionLog log = fixture.create("t" + i, 0);
            append(log, i, 0);
            fixture.settle();
            fixture.store.delete(log, () -> {});
            fixture.settle();
        }
        assertThat(count.count()).isZero();
    }

    @Test
    void producersOfRebuildsThatAreDroppedAreNotCounted() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = fixture.create("t", 0);
        for (int i = 0; i < 5; i++) {
            append(log, i, 0);
        }
        for (int i = 0; i < 8; i++) {
            StoreFixture.append(log, "f".repeat(50_000));
        }
        fixture.settle();
        for (int i = 5; i < 10; i++) {
            append(log, i, 0);
        }
        fixture.settle();
        for (long to = 17; to > 13; to--) {
            log.truncateTo(to);
            fixture.loop.turn();
            fixture.lanes.one(fixture.lanes.writeBehind);
            fixture.lanes.one(fixture.lanes.writeBehind);
        }
        fixture.settle();
        assertThat(count.count()).isEqualTo(6);
        assertThat(append(log, 0, 0)).isInstanceOf(AppendResult.Duplicate.class);
    }

    @Test
    void idleProducersAreForgottenWithoutAnybodyAsking() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = fixture.create("t", 0);
        append(log, 1, 0);
        fixture.loop.advanceMs(EXPIRATION_MS / 2);
        append(log, 2, 0);
        fixture.settle();
        fixture.loop.advanceMs(EXPIRATION_MS / 2);
        fixture.settle();
        assertThat(count.count()).isEqualTo(1);
        assertThat(append(log, 1, 1))
                .isInstanceOfSatisfying(
                        AppendResult.Refused.class,
                        refused -> assertThat(refused.error()).isEqualTo(ErrorCode.UNKNOWN_PRODUCER_ID));
        fixture.close();

        StoreFixture again = open();
        assertThat(append(again.log("t", 0), 2, 0)).isInstanceOf(AppendResult.Duplicate.class);
        again.loop.advanceMs(EXPIRATION_MS);
        again.settle();
        assertThat(append(again.log("t", 0), 2, 1)).isInstanceOf(AppendResult.Refused.class);
    }

    @Test
    void aBrokerAtItsBoundForgetsTheLongestIdleOfAnyLogAndNotTheNeighbours() throws Exception {
        StoreFixture fixture = open();
        PartitionLog old = fixture.create("old", 0);
        for (int i = 0; i < MAX_PRODUCERS - 1; i++) {
            append(old, 100 + i, 0);
        }
        fixture.loop.advanceMs(1000);
        PartitionLog live = fixture.create("live", 0);
        assertThat(append(live, 1, 0)).isInstanceOf(AppendResult.Appended.class);
        assertThat(append(live, 2, 0)).isInstanceOf(AppendResult.Appended.class);
        assertThat(append(live, 3, 0)).isInstanceOf(AppendResult.Appended.class);
        assertThat(count.count()).isEqualTo(MAX_PRODUCERS);
        assertThat(append(live, 1, 0)).isInstanceOf(AppendResult.Duplicate.class);
        assertThat(append(live, 2, 0)).isInstanceOf(AppendResult.Duplicate.class);
        assertThat(append(old, 100, 1)).isInstanceOf(AppendResult.Refused.class);
        assertThat(append(old, 102, 0)).isInstanceOf(AppendResult.Duplicate.class);
    }
}
