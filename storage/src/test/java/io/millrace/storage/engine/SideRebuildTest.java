package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.segment.SegmentNames;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SideRebuildTest {

    private static final Path FOLDER = Path.of("dir");

    private final FaultDisk disk = new FaultDisk(1);
    private final List<Path> sound = new ArrayList<>();
    private final List<Path> made = new ArrayList<>();
    private final List<Path> damaged = new ArrayList<>();

    private final SideRebuild.Listener listener = new SideRebuild.Listener() {
        @Override
        public void sound(Path side) {
            sound.add(side);
        }

        @Override
        public void made(Path side) {
            made.add(side);
        }

        @Override
        public void damaged(Path log, String what) {
            damaged.add(log);
        }
    };

    /** A stopped folder with a log of several segments; its {@code .side} files. */
    private Map<Path, byte[]> stopped() throws Exception {
        disk.createDirectories(FOLDER);
        StoreFixture fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        PartitionLog log =
                fixture.store.create(StoreFixture.identity("t", 0), LogConfig.DEFAULT.withSegmentBytes(20_000));
        for (int i = 0; i < 60; i++) {
            StoreFixture.append(log, i / 9, i + "f".repeat(2_000));
            fixture.settle();
        }
        fixture.close();
        Map<Path, byte[]> sides = new LinkedHashMap<>();
        Path partition = FOLDER.resolve("t-0");
        for (String name : disk.list(partition)) {
            if (name.endsWith(SegmentNames.SIDE)) {
                sides.put(partition.resolve(name), bytes(partition.resolve(name)));
            }
        }
        assertThat(sides).hasSizeGreaterThan(3);
        return sides;
    }

    private byte[] bytes(Path path) throws Exception {
        try (DiskFile file = ((Disk) disk).open(path)) {
            ByteBuffer all = ByteBuffer.allocate((int) file.length());
            file.read(0, all);
            return all.array();
        }
    }

    private void rebuild() throws Exception {
        new SideRebuild(disk, new ManualLoop(), listener).run(FOLDER);
    }

    @Test
    void deletedSideFilesComeBackEqual() throws Exception {
        Map<Path, byte[]> sides = stopped();
        int kept = 0;
        for (Path side : sides.keySet()) {
            if (kept++ > 0) {
                disk.delete(side);
            }
        }
        rebuild();
        assertThat(damaged).isEmpty();
        assertThat(sound).hasSize(1);
        assertThat(made).hasSize(sides.size() - 1);
        for (Map.Entry<Path, byte[]> side : sides.entrySet()) {
            assertThat(bytes(side.getKey())).as("%s", side.getKey()).isEqualTo(side.getValue());
        }
        made.clear();
        rebuild();
        assertThat(made).isEmpty();
        assertThat(disk.openFiles()).isZero();
    }

    @Test
    void nothingIsMadeFromADamagedSegment() throws Exception {
        Map<Path, byte[]> sides = stopped();
        Path side = sides.keySet().iterator().next();
        Path log = side.resolveSibling(String.valueOf(side.getFileName()).replace(SegmentNames.SIDE, SegmentNames.LOG));
        disk.rot(log, 5_000);
        disk.delete(side);
        rebuild();
        assertThat(damaged).containsExactly(log);
        assertThat(disk.exists(side)).isFalse();
        assertThat(made).isEmpty();
    }
}
