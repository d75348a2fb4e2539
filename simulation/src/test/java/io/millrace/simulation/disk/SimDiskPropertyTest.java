package io.millrace.simulation.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.simulation.SimRandom;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** One file under random writes, cuts and syncs against arrays of bytes. */
class SimDiskPropertyTest {

    private static final Path FILE = Path.of("/file");
    private static final int MAX_LENGTH = 6_000;

    @Property(tries = 500)
    void everyByteAfterACutWasOnceWrittenThereSinceTheLastSync(@ForAll long seed) throws DiskException {
        SimRandom random = new SimRandom(seed);
        SimDisk disk = new SimDisk(random.split());
        DiskFile file = disk.create(FILE);
        disk.syncDirectory(Path.of("/"));
        byte[] model = new byte[0];
        List<byte[]> since = new ArrayList<>(List.of(model));
        for (int step = 0; step < 30; step++) {
            switch (random.nextInt(6)) {
                case 0 -> {
                    file.sync();
                    since.clear();
                }
                case 1 -> {
                    int length = random.nextInt(model.length + 1);
                    file.truncate(length);
                    model = Arrays.copyOf(model, length);
                }
                default -> {
                    int position = random.nextInt(MAX_LENGTH / 2);
                    byte[] bytes = new byte[random.between(1, MAX_LENGTH / 2)];
                    random.fill(bytes);
                    file.write(position, ByteBuffer.wrap(bytes));
                    model = Arrays.copyOf(model, Math.max(model.length, position + bytes.length));
                    System.arraycopy(bytes, 0, model, position, bytes.length);
                }
            }
            since.add(model.clone());
            assertThat(SimDiskTest.contentOf(disk, FILE)).isEqualTo(model);
            SimDisk left = disk.afterPowerCut(Survival.random(random), random.split());
            checkLeft(SimDiskTest.contentOf(left, FILE), since);
            assertThat(SimDiskTest.contentOf(disk, FILE)).isEqualTo(model);
        }
    }

    private static void checkLeft(byte[] left, List<byte[]> versions) {
        int shortest =
                versions.stream().mapToInt(version -> version.length).min().orElse(0);
        int longest =
                versions.stream().mapToInt(version -> version.length).max().orElse(0);
        assertThat(left.length).isBetween(shortest, longest);
        for (int i = 0; i < left.length; i++) {
            boolean known = left[i] == 0;
            for (int v = 0; v < versions.size() && !known; v++) {
                known = i < versions.get(v).length && versions.get(v)[i] == left[i];
            }
            assertThat(known).as("byte %d", i).isTrue();
            int place = i;
            if (i < shortest && versions.stream().allMatch(version -> version[place] == versions.get(0)[place])) {
                assertThat(left[i]).as("untouched byte %d", i).isEqualTo(versions.get(0)[i]);
            }
        }
    }

    @Property(tries = 100)
    void oneSeedLeavesOneImage(@ForAll long seed) throws DiskException {
        assertThat(imageOf(seed)).isEqualTo(imageOf(seed));
    }

    private static long imageOf(long seed) throws DiskException {
        SimRandom random = new SimRandom(seed);
        SimDisk disk = new SimDisk(random.split());
        for (int i = 0; i < 10; i++) {
            DiskFile file = disk.create(Path.of("/f" + i));
            file.write(random.nextInt(5_000), SimDiskTest.bytes(i + 1, random.between(1, 5_000)));
            if (random.nextBoolean()) {
                file.sync();
            }
            if (random.oneIn(3)) {
                disk.syncDirectory(Path.of("/"));
            }
            if (random.oneIn(4)) {
                disk.rename(Path.of("/f" + i), Path.of("/g" + random.nextInt(3)));
            }
        }
        SimDisk left = disk.afterPowerCut(Survival.random(random), random.split());
        return SimRandom.mix(left.digest() ^ disk.trace().value());
    }
}
