package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.PartitionLog;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Found by the simulation's check that appends are answered, seed 9 of 2026-11-21. */
class TruncationBesideAWriteTest {

    @TempDir
    Path folder;

    private static ByteBuffer batch(int sequence) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(1024, 16 << 20)) {
            builder.producer(1, (short) 0, sequence).append(1_700_000_000_000L, null, new byte[50_000]);
            ByteBuffer built = builder.build();
            return ByteBuffer.allocate(built.remaining()).put(built).flip();
        }
    }

    private static void append(PartitionLog log, int sequence) {
        log.appendAsLeader(batch(sequence), 0, ValidationRules.Origin.CLIENT);
    }

    @Test
    void whatTheWriteBroughtToTheSegmentIsNotWrittenAgain() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder);
        PartitionLog log = fixture.create("t", 0);
        for (int i = 0; i < 6; i++) {
            append(log, i);
        }
        while (fixture.lanes.writeBehind.isEmpty()) {
            fixture.loop.turn();
            fixture.lanes.one(fixture.lanes.journal);
        }
        // A batch that is not in the segment goes, and with it the producer's state as it is known.
        append(log, 6);
        log.truncateTo(6);
        fixture.settle();
        for (int i = 6; i < 20; i++) {
            append(log, i);
        }
        fixture.settle();
        assertThat(fixture.failures).isEmpty();
        assertThat(fixture.values(log, 0)).hasSize(20);
    }
}
