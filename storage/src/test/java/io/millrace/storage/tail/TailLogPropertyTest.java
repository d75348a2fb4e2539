package io.millrace.storage.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.TailSlice;
import io.millrace.storage.observer.SampleBatches;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random operations against a plain list of byte arrays. */
class TailLogPropertyTest {

    private record Expected(long baseOffset, long endOffset, long maxTimestampMs, ByteBuffer bytes) {}

    private static final class Pair {
        final TailMemory memory = new TailMemory(64 << 10, 4 << 10);
        final TailWriter writer = new TailWriter(memory);
        final TailLog log = new TailLog(100);
        final List<Expected> model = new ArrayList<>();
        final List<TailSlice> held = new ArrayList<>();
        final List<byte[]> heldBytes = new ArrayList<>();
        long modelStart = 100;

        long modelEnd() {
            return model.isEmpty() ? modelStart : model.getLast().endOffset();
        }
    }

    @Property(tries = 300)
    void behavesLikeAListOfBatches(@ForAll long seed) {
        Random random = new Random(seed);
        Pair pair = new Pair();
        for (int step = 0; step < 120; step++) {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3, 4 -> append(pair, random);
                case 5 -> read(pair, random);
                case 6 -> dropBelow(pair, random);
                case 7 -> truncate(pair, random);
                case 8 -> releaseOne(pair, random);
                default -> {
                    if (!pair.log.isEmpty()) {
                        pair.log.moveBelow(pair.log.oldestChunk() + random.nextInt(3), pair.writer);
                    }
                }
            }
            compare(pair, random);
        }
        while (!pair.held.isEmpty()) {
            releaseOne(pair, random);
        }
        pair.log.close();
        pair.writer.close();
        assertThat(pair.memory.usedBytes()).as("all memory given back").isZero();
    }

    private static void append(Pair pair, Random random) {
        int records = 1 + random.nextInt(4);
        int valueBytes = random.nextInt(20) == 0 ? 5000 : random.nextInt(300);
        long timestamp = random.nextInt(1000);
        ByteBuffer source = SampleBatches.plain(7, 3, records, valueBytes, timestamp);
        ByteBuffer before = ByteBuffer.allocate(source.remaining()).put(0, source, 0, source.remaining());
        long base = pair.log.endOffset();
        boolean appended =
                pair.log.append(pair.writer, SampleBatches.view(source), base, records, 9, timestamp + records - 1);
        assertThat(source).as("source unchanged").isEqualTo(before);
        if (appended) {
            // Only base offset and leader epoch of the stored batch differ from the source.
            ByteBuffer stored = before.putLong(0, base).putInt(12, 9);
            pair.model.add(new Expected(base, base + records, timestamp + records - 1, stored));
        } else {
            assertThat(pair.memory.refusals()).isPositive();
        }
    }

    private static void read(Pair pair, Random random) {
        long from = pair.modelStart + random.nextInt((int) (pair.modelEnd() - pair.modelStart) + 2);
        long limit = from + random.nextInt(40);
        int maxBytes = random.nextInt(6000);
        boolean whole = random.nextBoolean();
        List<TailSlice> slices = new ArrayList<>();
        int added = pair.log.slices(from, limit, maxBytes, whole, slices);
        ByteBuffer expected = ByteBuffer.allocate(1 << 20);
        for (Expected batch : pair.model) {
            if (batch.endOffset() <= from) {
                continue;
            }
            boolean fits = expected.position() + batch.bytes().remaining() <= maxBytes;
            if (batch.endOffset() > limit || !(fits || (whole && expected.position() == 0))) {
                break;
            }
            expected.put(batch.bytes().duplicate());
        }
        ByteBuffer actual = ByteBuffer.allocate(1 << 20);
        for (TailSlice slice : slices) {
            assertThat(slice.bytes().remaining()).isEqualTo(slice.sizeBytes()).isPositive();
            actual.put(slice.bytes());
        }
        assertThat(added).isEqualTo(expected.position());
        assertThat(actual.flip()).isEqualTo(expected.flip());
        for (TailSlice slice : slices) {
            byte[] copy = new byte[slice.sizeBytes()];
            slice.bytes().get(copy);
            pair.held.add(slice);
            pair.heldBytes.add(copy);
        }
    }

    private static void releaseOne(Pair pair, Random random) {
        if (pair.held.isEmpty()) {
            return;
        }
        int i = random.nextInt(pair.held.size());
        TailSlice slice = pair.held.remove(i);
        assertThat(slice.bytes()).as("held slice is immutable").isEqualTo(ByteBuffer.wrap(pair.heldBytes.remove(i)));
        slice.release();
    }

    private static void dropBelow(Pair pair, Random random) {
        if (pair.model.isEmpty()) {
            return;
        }
        int keepFrom = random.nextInt(pair.model.size() + 1);
        long offset = keepFrom == pair.model.size()
                ? pair.modelEnd()
                : pair.model.get(keepFrom).baseOffset();
        pair.log.dropBelow(offset);
        pair.modelStart = offset;
        pair.model.subList(0, keepFrom).clear();
    }

    private static void truncate(Pair pair, Random random) {
        long offset = pair.modelEnd() - random.nextInt(8);
        pair.log.truncateTo(offset);
        while (!pair.model.isEmpty() && pair.model.getLast().endOffset() > offset) {
            pair.model.removeLast();
        }
        if (pair.model.isEmpty()) {
            pair.modelStart = Math.min(pair.modelStart, offset);
        }
    }

    private static void compare(Pair pair, Random random) {
        TailLog log = pair.log;
        assertThat(log.batchCount()).isEqualTo(pair.model.size());
        assertThat(log.endOffset()).isEqualTo(pair.modelEnd());
        assertThat(log.startOffset()).isEqualTo(pair.modelStart);
        assertThat(log.sizeBytes())
                .isEqualTo(pair.model.stream()
                        .mapToLong(b -> b.bytes().remaining())
                        .sum());
        for (int i = 0; i < pair.model.size(); i++) {
            long entry = log.firstEntry() + i;
            Expected expected = pair.model.get(i);
            assertThat(log.baseOffsetAt(entry)).isEqualTo(expected.baseOffset());
            assertThat(log.endOffsetAt(entry)).isEqualTo(expected.endOffset());
            assertThat(log.maxTimestampAt(entry)).isEqualTo(expected.maxTimestampMs());
            assertThat(log.sizeAt(entry)).isEqualTo(expected.bytes().remaining());
        }
        long probe = pair.modelStart + random.nextInt(50) - 5;
        int holding = 0;
        while (holding < pair.model.size() && pair.model.get(holding).endOffset() <= probe) {
            holding++;
        }
        assertThat(log.entryHolding(probe) - log.firstEntry()).isEqualTo(holding);
    }
}
