package io.millrace.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.compress.Codec;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.NioDisk;
import io.millrace.storage.observer.SampleBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.FileRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own reader, the one under kafka-dump-log, opens our segment files. */
class KafkaReadsSegmentTest {

    @TempDir
    Path folder;

    @Test
    void kafkaReadsEveryBatchAndRecordOfASegment() throws IOException {
        Disk disk = new NioDisk();
        ActiveSegment segment = ActiveSegment.create(disk, folder, 40, 100);
        List<ByteBuffer> batches = new ArrayList<>();
        long offset = 40;
        for (Codec codec : Codec.values()) {
            batches.add(SampleBatches.compressed(codec, offset, 20, 100, 1000));
            offset += 20;
        }
        batches.add(SampleBatches.idempotent(offset, 5, 7, 2, 10));
        batches.add(SampleBatches.marker(offset + 5, 7, 2));
        for (ByteBuffer batch : batches) {
            segment.append(batch.duplicate());
        }
        segment.seal(disk, List.of());
        segment.close();

        try (FileRecords records = FileRecords.open(SegmentNames.log(folder, 40).toFile(), false)) {
            assertThat(records.sizeInBytes())
                    .isEqualTo(batches.stream().mapToInt(ByteBuffer::remaining).sum());
            long expected = 40;
            int batchCount = 0;
            for (RecordBatch batch : records.batches()) {
                batch.ensureValid();
                assertThat(batch.baseOffset()).isEqualTo(expected);
                for (Record record : batch) {
                    assertThat(record.offset()).isEqualTo(expected);
                    expected++;
                }
                batchCount++;
            }
            assertThat(batchCount).isEqualTo(batches.size());
            assertThat(expected).isEqualTo(offset + 6);
        }
    }
}
