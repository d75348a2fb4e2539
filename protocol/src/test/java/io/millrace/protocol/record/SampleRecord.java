package io.millrace.protocol.record;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A record as tests make and compare them: key, value and header values as hex, so that records compare by content. */
record SampleRecord(
        long timestampMs, @Nullable String key, @Nullable String value, List<String> headers) {

    static SampleRecord of(
            long timestampMs, byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers) {
        List<String> texts = new ArrayList<>();
        for (RecordHeader header : headers) {
            texts.add(header.name() + "=" + hex(header.value()));
        }
        return new SampleRecord(timestampMs, hex(key), hex(value), texts);
    }

    static SampleRecord of(RecordView view) {
        return of(view.timestampMs(), view.copyKey(), view.copyValue(), view.headers());
    }

    /** Records of every shape: null, empty and large keys and values, no and many headers, times that go back. */
    static List<SampleRecord> mixture(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<SampleRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<RecordHeader> headers = new ArrayList<>();
            int headerCount = random.nextInt(4) == 0 ? random.nextInt(5) : 0;
            for (int h = 0; h < headerCount; h++) {
                headers.add(new RecordHeader(h == 0 ? "" : "naïve-" + h, bytes(random, 40)));
            }
            long timestampMs = 1_700_000_000_000L + random.nextInt(-5_000, 5_000);
            records.add(of(timestampMs, bytes(random, 30), bytes(random, i % 17 == 3 ? 40_000 : 300), headers));
        }
        return records;
    }

    private static byte @Nullable [] bytes(SplittableRandom random, int maxBytes) {
        if (random.nextInt(6) == 0) {
            return null;
        }
        byte[] bytes = new byte[random.nextInt(maxBytes + 1)];
        int distinct = random.nextInt(1, 200);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt(distinct);
        }
        return bytes;
    }

    byte @Nullable [] keyBytes() {
        return unhex(key);
    }

    byte @Nullable [] valueBytes() {
        return unhex(value);
    }

    List<RecordHeader> recordHeaders() {
        List<RecordHeader> parsed = new ArrayList<>();
        for (String header : headers) {
            int equals = header.lastIndexOf('=');
            parsed.add(new RecordHeader(header.substring(0, equals), unhex(header.substring(equals + 1))));
        }
        return parsed;
    }

    boolean appendTo(RecordBatchBuilder builder) {
        return builder.append(timestampMs, keyBytes(), valueBytes(), recordHeaders());
    }

    /** The records of a batch as a cursor reads them. */
    static List<SampleRecord> read(ByteBuffer batch) {
        List<SampleRecord> records = new ArrayList<>();
        try (RecordCursor cursor = new RecordCursor()) {
            cursor.reset(new RecordBatchView().wrap(batch, 0));
            while (cursor.next()) {
                records.add(of(cursor.record()));
            }
        }
        return records;
    }

    static @Nullable String hex(byte @Nullable [] bytes) {
        return bytes == null ? null : HexFormat.of().formatHex(bytes);
    }

    private static byte @Nullable [] unhex(@Nullable String hex) {
        return hex == null || hex.equals("null") ? null : HexFormat.of().parseHex(hex);
    }
}
