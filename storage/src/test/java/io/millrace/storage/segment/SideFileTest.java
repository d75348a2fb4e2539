package io.millrace.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.disk.NioDisk;
import io.millrace.storage.observer.SampleBatches;
import io.millrace.storage.observer.SideSection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SideFileTest {

    @TempDir
    Path folder;

    private final Disk disk = new NioDisk();
    private final SideSection epochs = section(SideSection.EPOCHS, "epochs");
    private final SideSection unknown = section(4711, "from a newer build");

    @BeforeEach
    void sealASegment() throws IOException {
        ActiveSegment segment = ActiveSegment.create(disk, folder, 5, 100);
        for (int i = 0; i < 10; i++) {
            segment.append(SampleBatches.plain(5 + i, 3, 1, 90, 1000 + i));
        }
        segment.seal(disk, List.of(epochs, unknown));
        segment.close();
    }

    @Test
    void holdsHeaderAndSections() throws IOException {
        SideFile side = read();
        assertThat(side.header().endOffset()).isEqualTo(15);
        assertThat(side.header().maxTimestampMs()).isEqualTo(1009);
        assertThat(side.header().logBytes()).isEqualTo(Files.size(SegmentNames.log(folder, 5)));
        assertThat(side.sections(disk)).containsExactly(epochs, unknown);
    }

    @Test
    void unknownSectionsAndTheIndexSurviveARewrite() throws IOException {
        SideSection newEpochs = section(SideSection.EPOCHS, "other epochs");
        Path side = SegmentNames.side(folder, 5);
        assertThat(read().copyTo(disk, SegmentNames.cleaned(side), newEpochs)).isTrue();
        assertThat(read().sections(disk)).containsExactly(epochs, unknown);
        SegmentSwap.placeSide(disk, folder, 5);
        SideFile rewritten = read();
        assertThat(rewritten.sections(disk)).containsExactlyInAnyOrder(newEpochs, unknown);
        OpenSegment open = OpenSegment.open(disk, folder, 5, file -> {});
        LocatedRange found =
                open.locate(12, 15, 10_000, true, rewritten.header().logBytes(), -1);
        assertThat(found.baseOffset()).isEqualTo(12);
        assertThat(SegmentNames.cleaned(side)).doesNotExist();
    }

    @Test
    void anyFlippedByteIsNoticedAndLookUpsStillAnswer() throws IOException {
        Path path = SegmentNames.side(folder, 5);
        byte[] good = Files.readAllBytes(path);
        SideFile before = read();
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 0x10;
            Files.write(path, bad);
            SideFile side = SideFile.read(disk, folder, 5);
            boolean sectionsGood = side != null && side.sections(disk) != null;
            boolean copied = side != null && side.copyTo(disk, SegmentNames.cleaned(path), epochs);
            assertThat(copied).as("a copy of damage at byte %s", at).isFalse();
            boolean inIndex = at >= 56 + 3 * 24 && at < good.length - epochs.sizeBytes() - unknown.sizeBytes();
            assertThat(sectionsGood).as("byte %s", at).isEqualTo(inIndex);
            OpenSegment open = OpenSegment.open(disk, folder, 5, SideFileTest::close);
            LocatedRange found =
                    open.locate(12, 15, 10_000, true, before.header().logBytes(), -1);
            assertThat(found.baseOffset()).as("byte %s", at).isEqualTo(12);
            open.release();
        }
    }

    @Test
    void aHeaderThatPromisesMoreThanTheFileHoldsIsNoHeader() throws IOException {
        Path path = SegmentNames.side(folder, 5);
        byte[] good = Files.readAllBytes(path);
        for (int length : new int[] {0, 8, 55, 56, 100, good.length - 1}) {
            Files.write(path, Arrays.copyOf(good, length));
            assertThat(SideFile.read(disk, folder, 5)).as("%s bytes", length).isNull();
        }
    }

    private SideFile read() throws IOException {
        return Objects.requireNonNull(SideFile.read(disk, folder, 5));
    }

    private static void close(DiskFile file) {
        try {
            file.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static SideSection section(int type, String text) {
        return new SideSection(type, 1, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
}
