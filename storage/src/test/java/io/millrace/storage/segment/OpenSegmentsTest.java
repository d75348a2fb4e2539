package io.millrace.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.storage.FileSlice;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.disk.NioDisk;
import io.millrace.storage.observer.SampleBatches;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenSegmentsTest {

    @TempDir
    Path folder;

    private final Disk disk = new NioDisk();
    private final List<String> closed = new ArrayList<>();
    private final OpenSegments segments = new OpenSegments(2);

    @Test
    void theLeastRecentlyUsedIsClosedFirst() throws IOException {
        List<Segment> rows = List.of(segment(0), segment(1), segment(2));
        segments.put(rows.get(0), open(0));
        segments.put(rows.get(1), open(1));
        assertThat(segments.get(rows.get(0))).isNotNull();
        segments.put(rows.get(2), open(2));
        assertThat(segments.get(rows.get(1))).isNull();
        assertThat(closed).containsExactlyInAnyOrder("00000000000000000001.log", "00000000000000000001.idx");
        assertThat(segments.evictions()).isEqualTo(1);
        segments.close();
        assertThat(closed).hasSize(6);
    }

    @Test
    void aSliceKeepsItsFileOpenAfterEvictionAndDeletion() throws IOException {
        Segment row = segment(0);
        FileSlice slice = segments.put(row, open(0)).slice(0, 100);
        segments.drop(row);
        SegmentFiles.markDeleted(disk, folder, 0);
        assertThat(SegmentFiles.removeLeftOvers(disk, folder)).isEqualTo(2);
        assertThat(closed).isEmpty();

        ByteBuffer read = ByteBuffer.allocate(100);
        slice.readInto(0, read);
        assertThat(read.flip()).isEqualTo(SampleBatches.plain(0, 0, 3, 50, 0).limit(100));

        slice.release();
        assertThat(closed).hasSize(2);
        assertThatThrownBy(slice::release).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theSecondOfTwoOpeningsIsClosed() throws IOException {
        Segment row = segment(0);
        OpenSegment first = segments.put(row, open(0));
        assertThat(segments.put(row, open(0))).isSameAs(first);
        assertThat(closed).hasSize(2);
    }

    @Test
    void aSliceSendsItsBytesAndNoticesAShortFile() throws IOException {
        Segment row = segment(0);
        int size = SampleBatches.plain(0, 0, 3, 50, 0).remaining();
        FileSlice slice = segments.put(row, open(0)).slice(20, size - 20);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        WritableByteChannel channel = Channels.newChannel(sent);
        assertThat(slice.transferTo(0, 30, channel)).isEqualTo(30);
        assertThat(slice.transferTo(30, size - 50, channel)).isEqualTo(size - 50);
        assertThat(ByteBuffer.wrap(sent.toByteArray()))
                .isEqualTo(SampleBatches.plain(0, 0, 3, 50, 0).position(20));
        assertThatThrownBy(() -> slice.transferTo(0, size, channel)).isInstanceOf(IndexOutOfBoundsException.class);

        try (DiskFile file = disk.open(SegmentNames.log(folder, 0))) {
            file.truncate(40);
        }
        assertThat(slice.transferTo(25, 10, channel)).isEqualTo(-1);
        assertThatThrownBy(() -> slice.readInto(0, ByteBuffer.allocate(60))).isInstanceOf(EOFException.class);
    }

    private Segment segment(long base) throws DiskException {
        ActiveSegment active = ActiveSegment.create(disk, folder, base, 4096);
        active.append(SampleBatches.plain(base, 0, 3, 50, 0));
        active.close();
        return new Segment(folder, base);
    }

    private OpenSegment open(long base) throws DiskException {
        return OpenSegment.open(disk, folder, base, file -> {
            closed.add(String.valueOf(file.path().getFileName()));
            try {
                file.close();
            } catch (DiskException e) {
                throw new AssertionError(e);
            }
        });
    }
}
