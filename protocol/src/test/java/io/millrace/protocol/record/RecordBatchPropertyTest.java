package io.millrace.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.BatchValidation.Valid;
import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class RecordBatchPropertyTest {
    private static final long NOW_MS = 1_700_000_000_000L;

    @Property(tries = 300)
    void whatIsBuiltIsValidAndReadsBack(
            @ForAll Codec codec,
            @ForAll @IntRange(min = 1, max = 80) int count,
            @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 2) long baseOffset,
            @ForAll long seed) {
        List<SampleRecord> records = SampleRecord.mixture(count, seed);
        try (RecordBatchBuilder builder = new RecordBatchBuilder(100, 1 << 24);
                BatchValidator validator = new BatchValidator();
                RecordCursor cursor = new RecordCursor()) {
            builder.codec(codec).baseOffset(baseOffset).producer(5, (short) 1, Integer.MAX_VALUE - 3);
            records.forEach(record -> assertThat(record.appendTo(builder)).isTrue());
            ByteBuffer batch = builder.build();
            RecordBatchView view = new RecordBatchView().wrap(batch, 0);

            BatchValidation found =
                    validator.validate(view, batch.limit(), ValidationRules.forClients(1 << 24), NOW_MS);
            assertThat(found).isInstanceOf(Valid.class);
            Valid valid = (Valid) found;
            long maxMs =
                    records.stream().mapToLong(SampleRecord::timestampMs).max().orElseThrow();
            assertThat(valid.recordCount()).isEqualTo(count);
            assertThat(valid.recordBytes()).isEqualTo(builder.sizeBytes() - RecordBatchView.HEADER_BYTES);
            assertThat(valid.maxTimestampMs()).isEqualTo(maxMs);
            assertThat(records.get(valid.maxTimestampOffsetDelta()).timestampMs())
                    .isEqualTo(maxMs);
            assertThat(valid.maxTimestampDiffersFromHeader()).isFalse();

            cursor.reset(view);
            for (int i = 0; i < count; i++) {
                assertThat(cursor.next()).isTrue();
                assertThat(SampleRecord.of(cursor.record())).isEqualTo(records.get(i));
                assertThat(cursor.record().offset()).isEqualTo(baseOffset + i);
                assertThat(cursor.record().sequence())
                        .isEqualTo(RecordBatchView.sequenceAfter(Integer.MAX_VALUE - 3, i));
            }
            assertThat(cursor.next()).isFalse();
        }
    }

    @Property(tries = 100)
    void aBuilderIsReusableAcrossCodecs(@ForAll Codec first, @ForAll Codec second, @ForAll long seed) {
        List<SampleRecord> records = SampleRecord.mixture(10, seed);
        try (RecordBatchBuilder builder = new RecordBatchBuilder(100, 1 << 24)) {
            builder.codec(first);
            SampleRecord.mixture(20, seed + 1)
                    .forEach(record -> assertThat(record.appendTo(builder)).isTrue());
            assertThat(SampleRecord.read(builder.build())).hasSize(20);
            builder.clear().codec(second);
            records.forEach(record -> assertThat(record.appendTo(builder)).isTrue());
            assertThat(SampleRecord.read(builder.build())).isEqualTo(records);
        }
    }
}
