package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.EpochEnd;
import io.millrace.storage.PartitionLog;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EpochDuringRebuildTest {

    @TempDir
    Path folder;

    private static ByteBuffer batch(int sequence) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(1024, 16 << 20)) {
            builder.producer(1, (short) 0, sequence).append(1_700_000_000_000L, null, new byte[] {1});
            ByteBuffer built = builder.build();
            return ByteBuffer.allocate(built.remaining()).put(built).flip();
        }
    }

    @Test
    void anEpochThatBeginsWhileTheStateIsComputedAgainIsKept() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder);
        PartitionLog log = fixture.create("t", 0);
        for (int i = 0; i < 5; i++) {
            log.appendAsLeader(batch(i), 3, ValidationRules.Origin.CLIENT);
        }
        fixture.settle();
        log.truncateTo(3);
        log.beginEpoch(7);
        EpochEnd atOnce = log.epochEnd(7);
        fixture.settle();
        assertThat(log.latestEpoch()).isEqualTo(7);
        assertThat(log.epochEnd(7)).isEqualTo(atOnce);
        assertThat(log.epochEnd(3).endOffset()).isEqualTo(3);
    }
}
