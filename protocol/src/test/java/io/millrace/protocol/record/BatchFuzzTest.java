package io.millrace.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.BatchValidation.Invalid;
import io.millrace.protocol.record.BatchValidation.Valid;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Damaged batches whose checksum is right again, as only a broken or hostile client makes them: the validator never throws,
 * and what it takes, our cursor and Kafka's reader can read to the end.
 */
class BatchFuzzTest {
    private static final int ROUNDS = 20_000;
    private static final ValidationRules CLIENT = ValidationRules.forClients(1 << 20);
    private static final long NOW_MS = 1_700_000_000_000L;

    @ParameterizedTest
    @EnumSource(Codec.class)
    void whatIsTakenCanBeRead(Codec codec, TestReporter reporter) {
        SplittableRandom random = new SplittableRandom(codec.id() + 1);
        Map<String, Integer> outcomes = new TreeMap<>();
        try (BatchValidator validator = new BatchValidator();
                RecordBatchBuilder builder = new RecordBatchBuilder(100, 1 << 20).codec(codec)) {
            for (int round = 0; round < ROUNDS; round++) {
                if (round % 50 == 0) {
                    List<SampleRecord> records = SampleRecord.mixture(random.nextInt(1, 4), round);
                    builder.clear();
                    records.forEach(
                            record -> assertThat(record.appendTo(builder)).isTrue());
                }
                ByteBuffer batch = damaged(builder.build(), random);
                BatchValidation found =
                        validator.validate(new RecordBatchView().wrap(batch, 0), batch.limit(), CLIENT, NOW_MS);
                switch (found) {
                    case Invalid invalid -> outcomes.merge(invalid.fault().name(), 1, Integer::sum);
                    case Valid valid -> {
                        outcomes.merge("VALID", 1, Integer::sum);
                        assertThat(SampleRecord.read(batch)).hasSize(valid.recordCount());
                        assertThat(kafkaReads(batch)).isEqualTo(valid.recordCount());
                    }
                }
            }
        }
        reporter.publishEntry(codec.name(), outcomes.toString());
        assertThat(outcomes).as("%s %s", codec, outcomes).containsKey("VALID").hasSizeGreaterThan(4);
    }

    private static ByteBuffer damaged(ByteBuffer original, SplittableRandom random) {
        ByteBuffer batch =
                ByteBuffer.allocate(original.limit()).put(original.duplicate()).flip();
        for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
            // Never length and magic: those are tested by themselves and would hide everything behind them.
            int from = random.nextInt(3) == 0 ? RecordBatchView.CRC_START_POSITION : RecordBatchView.HEADER_BYTES;
            int at = random.nextInt(from, Math.min(batch.limit(), from + 120));
            if (random.nextBoolean()) {
                batch.put(at, (byte) (batch.get(at) ^ 1 << random.nextInt(8)));
            } else {
                batch.put(at, (byte) random.nextInt(256));
            }
        }
        return RawBatch.seal(batch);
    }

    private static int kafkaReads(ByteBuffer batch) {
        int count = 0;
        for (Record record : MemoryRecords.readableRecords(batch.duplicate()).records()) {
            assertThat(record.headers()).isNotNull();
            count++;
        }
        return count;
    }
}
