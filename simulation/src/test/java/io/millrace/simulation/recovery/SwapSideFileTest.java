package io.millrace.simulation.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.simulation.SimRandom;
import io.millrace.simulation.disk.DiskOperation;
import io.millrace.simulation.disk.SimDisk;
import io.millrace.simulation.disk.Survival;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.observer.SideSection;
import io.millrace.storage.segment.ActiveSegment;
import io.millrace.storage.segment.CleanedSegment;
import io.millrace.storage.segment.Segment;
import io.millrace.storage.segment.SegmentNames;
import io.millrace.storage.segment.SegmentScrub;
import io.millrace.storage.segment.SegmentSwap;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Found by seed 77001: the name of a swap file was on the disk and that of its {@code .side} file was not, so the old one stood
 * beside the new segment and said that it was damaged.
 */
class SwapSideFileTest {

    private static final Path FOLDER = Path.of("/t-0");
    private static final int BATCHES = 6;
    private static final int DRAWS = 40;

    private final SimDisk disk = new SimDisk(new SimRandom(1));
    private final List<SimDisk> images = new ArrayList<>();

    private static ByteBuffer batch(long offset) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(256, 1 << 16)) {
            builder.baseOffset(offset).append(1_000, null, new byte[100]);
            ByteBuffer built = builder.build();
            return ByteBuffer.allocate(built.remaining()).put(built).flip();
        }
    }

    private void writeOldAndNew() throws DiskException {
        disk.createDirectories(FOLDER);
        disk.syncDirectory(Path.of("/"));
        ActiveSegment segment = ActiveSegment.create(disk, FOLDER, 0, 4096);
        for (int i = 0; i < BATCHES; i++) {
            segment.append(batch(i));
        }
        segment.seal(disk, List.of());
        segment.close();
        disk.syncDirectory(FOLDER);
        CleanedSegment cleaned = CleanedSegment.create(disk, FOLDER, 0, 4096, ByteBuffer.allocate(1024));
        for (int i = 1; i < BATCHES; i += 2) {
            cleaned.append(batch(i), 0);
        }
        cleaned.finish(List.of(), BATCHES);
        cleaned.close();
    }

    @Test
    void isThatOfTheSegmentWhateverAPowerCutLetsThrough() throws Exception {
        writeOldAndNew();
        disk.probe(this::cut);
        SegmentSwap.run(disk, FOLDER, 0, BATCHES);
        disk.probe((number, operation, path) -> {});
        long oldBytes = (long) BATCHES * batch(0).remaining();
        int swapped = 0;
        for (SimDisk image : images) {
            SegmentSwap.recover(image, FOLDER);
            long bytes = image.length(SegmentNames.log(FOLDER, 0));
            swapped += bytes < oldBytes ? 1 : 0;
            check(image, bytes);
        }
        assertThat(swapped).isBetween(DRAWS, images.size() - DRAWS);
    }

    private void cut(long number, DiskOperation operation, Path path) {
        for (int draw = 0; draw < DRAWS && operation.changesDisk(); draw++) {
            SimRandom random = new SimRandom(SimRandom.mix(number * DRAWS + draw));
            images.add(disk.afterPowerCut(Survival.random(random), random.split()));
        }
    }

    /** No observers. */
    private record NothingBelow() implements SegmentScrub.Below, SegmentScrub.Carried {

        @Override
        public boolean isKnown() {
            return true;
        }

        @Override
        public SegmentScrub.Carried carry() {
            return this;
        }

        @Override
        public void add(RecordBatchView batch) {
            // Nothing is derived from it.
        }

        @Override
        public List<SideSection> sections() {
            return List.of();
        }
    }

    /** Throws when segment and {@code .side} file speak of different bytes. */
    private static void check(Disk image, long bytes) throws DiskException {
        SegmentScrub scrub =
                new SegmentScrub(image, new Segment(FOLDER, 0), BATCHES, bytes, 4096, new NothingBelow(), false);
        assertThat(scrub.step(1 << 20)).isNotEqualTo(SegmentScrub.State.MORE);
        scrub.close();
    }
}
