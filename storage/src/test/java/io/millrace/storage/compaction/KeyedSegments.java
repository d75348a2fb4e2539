package io.millrace.storage.compaction;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.RecordCursor;
import io.millrace.runtime.SystemRandomness;
import io.millrace.storage.LogConfig;
import io.millrace.storage.compaction.CompactionRules.Source;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.disk.NioDisk;
import io.millrace.storage.observer.SideSection;
import io.millrace.storage.segment.ActiveSegment;
import io.millrace.storage.segment.SegmentFiles;
import io.millrace.storage.segment.SegmentNames;
import io.millrace.storage.segment.SegmentScan;
import io.millrace.storage.segment.SegmentSwap;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sealed segments of keyed records in a folder, written, compacted and read back. */
final class KeyedSegments {

    /** A record as written; {@code value} is null for a tombstone. */
    record Keyed(
            long offset,
            long timestampMs,
            @Nullable String key,
            @Nullable String value) {}

    /** In the {@code .side} file of every segment. */
    static final SideSection SECTION = new SideSection(77, 3, ByteBuffer.wrap(new byte[] {1, 2, 3}));

    final Disk disk = new NioDisk();
    final Path folder;
    final List<Keyed> written = new ArrayList<>();
    /** Segments that the last pass wrote anew, by base offset. */
    final List<Long> rewritten = new ArrayList<>();
    /** Segments of which the last pass noted only that they were compacted. */
    final List<Long> marked = new ArrayList<>();

    private final List<ByteBuffer> open = new ArrayList<>();
    private long segmentBase;
    private long nextOffset;

    KeyedSegments(Path folder) {
        this.folder = folder;
    }

    long nextOffset() {
        return nextOffset;
    }

    /** Records of one batch: key and value in turn. */
    void batch(Codec codec, long timestampMs, @Nullable String... keysAndValues) {
        batch(codec, timestampMs, -1, 0, keysAndValues);
    }

    void batch(Codec codec, long timestampMs, long producerId, int sequence, @Nullable String... keysAndValues) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(1024, 1 << 20)) {
            builder.codec(codec).baseOffset(nextOffset).partitionLeaderEpoch(3);
            if (producerId >= 0) {
                builder.producer(producerId, (short) 0, sequence);
            }
            for (int i = 0; i < keysAndValues.length; i += 2) {
                long time = timestampMs + i / 2;
                builder.append(time, bytes(keysAndValues[i]), bytes(keysAndValues[i + 1]));
                written.add(new Keyed(nextOffset++, time, keysAndValues[i], keysAndValues[i + 1]));
            }
            raw(builder.build());
        }
    }

    /** A batch as it is, for what the builder does not make. */
    void raw(ByteBuffer batch) {
        open.add(ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip());
        nextOffset = Math.max(
                nextOffset, new RecordBatchView().wrap(batch, batch.position()).nextOffset());
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /** What was written since the last {@link #seal}. */
    List<ByteBuffer> openBatches() {
        return List.copyOf(open);
    }

    /** Ends the open segment. */
    void seal() throws DiskException {
        ActiveSegment segment = ActiveSegment.create(disk, folder, segmentBase, 512);
        segment.append(open.toArray(ByteBuffer[]::new));
        segment.seal(disk, List.of(SECTION));
        segment.close();
        open.clear();
        segmentBase = nextOffset;
    }

    List<Source> sources() throws DiskException {
        List<Long> bases = SegmentFiles.baseOffsets(disk.list(folder));
        List<Source> sources = new ArrayList<>();
        for (int i = 0; i < bases.size(); i++) {
            long base = bases.get(i);
            long end = i + 1 < bases.size() ? bases.get(i + 1) : segmentBase;
            sources.add(new Source(base, end, disk.length(SegmentNames.log(folder, base))));
        }
        return sources;
    }

    /** Compacts all sealed segments; returns how far it got. */
    long compact(long dirtyFrom, LogConfig config, long nowMs, long mapBytes, long... keptLastOffsets)
            throws DiskException {
        rewritten.clear();
        marked.clear();
        List<Source> sources = sources();
        CompactionPass.Plan plan = new CompactionPass.Plan(
                folder, sources, dirtyFrom, segmentBase, new KeptBatches(keptLastOffsets), config, nowMs);
        try (CompactionPass pass = new CompactionPass(disk, plan, new OffsetMap(mapBytes, new SystemRandomness()))) {
            while (true) {
                switch (pass.step(700)) {
                    case CompactionPass.Step.More more -> {}
                    case CompactionPass.Step.Ready ready -> {
                        long base = ready.group().baseOffset();
                        if (ready.outcome() == null) {
                            marked.add(base);
                            SegmentSwap.placeSide(disk, folder, base);
                        } else {
                            rewritten.add(base);
                            SegmentSwap.run(disk, folder, base, ready.group().endOffset());
                        }
                    }
                    case CompactionPass.Step.Done done -> {
                        return done.compactedEnd();
                    }
                }
            }
        }
    }

    /** Whole batches of all segments, copied. */
    List<ByteBuffer> batches() throws DiskException {
        List<ByteBuffer> batches = new ArrayList<>();
        for (Source source : sources()) {
            try (DiskFile file = disk.open(SegmentNames.log(folder, source.baseOffset()))) {
                SegmentScan scan = SegmentScan.from(file, 0, source.lengthBytes(), source.baseOffset());
                RecordBatchView batch;
                while ((batch = scan.next()) != null) {
                    batches.add(ByteBuffer.allocate(batch.sizeBytes())
                            .put(batch.buffer().slice(batch.position(), batch.sizeBytes()))
                            .flip());
                }
                if (!scan.outcome().message().isEmpty() || scan.outcome().endOffset() != source.endOffset()) {
                    throw new AssertionError(source + " ends badly: " + scan.outcome());
                }
            }
        }
        return batches;
    }

    List<Keyed> records() throws DiskException {
        return records(batches());
    }

    static List<Keyed> records(List<ByteBuffer> batches) {
        List<Keyed> records = new ArrayList<>();
        try (RecordCursor cursor = new RecordCursor()) {
            for (ByteBuffer bytes : batches) {
                cursor.reset(new RecordBatchView().wrap(bytes, bytes.position()));
                while (cursor.next()) {
                    records.add(new Keyed(
                            cursor.record().offset(),
                            cursor.record().timestampMs(),
                            text(cursor.record().copyKey()),
                            text(cursor.record().copyValue())));
                }
            }
        }
        return records;
    }

    private static @Nullable String text(byte @Nullable [] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    /** The naive answer: the last record of every key among those below {@code endOffset}, and all from there on. */
    static List<Keyed> lastByKey(List<Keyed> records, long endOffset) {
        Map<@Nullable String, Keyed> last = new LinkedHashMap<>();
        for (Keyed record : records) {
            if (record.offset() < endOffset) {
                last.put(record.key(), record);
            }
        }
        List<Keyed> kept = new ArrayList<>();
        for (Keyed record : records) {
            if (record.offset() >= endOffset || (record.key() != null && record.equals(last.get(record.key())))) {
                kept.add(record);
            }
        }
        return kept;
    }
}
