package io.millrace.bench.spike;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.CRC32C;

/** What this box can do, measured at the head of every run so that the figures below it can be read as ratios. */
final class BoxProbe {
    private static final int MIB = 1 << 20;
    private static final long AREA_BYTES = 64L * MIB;
    private static final int SYNCS = 300;
    private static final Set<OpenOption> BUFFERED =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ);
    private static final Set<OpenOption> BUFFERED_DSYNC =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.DSYNC);
    private static final Set<OpenOption> DIRECT_DSYNC =
            Set.of(StandardOpenOption.WRITE, DirectOption.DIRECT, StandardOpenOption.DSYNC);

    private final Path folder;
    private final Arena arena = Arena.ofAuto();
    private final ByteBuffer source = arena.allocate(4 * MIB, 4096).asByteBuffer();

    BoxProbe(Path folder) {
        this.folder = folder;
        byte[] noise = new byte[4 * MIB];
        ThreadLocalRandom.current().nextBytes(noise);
        source.put(noise).clear();
    }

    void run() throws IOException {
        System.out.println("## Box probe");
        memory();
        pageCache();
        Path zeroed = Preallocation.zeroFilled(folder.resolve("probe-zeroed"), AREA_BYTES);
        Path unwritten = Files.createFile(folder.resolve("probe-unwritten"));
        NativeSync.fallocate(unwritten, AREA_BYTES);
        System.out.println(
                "| sync of one group | 4 KiB | 16 KiB | 64 KiB | 256 KiB | 1 MiB | 4 MiB |  (p50 ms / p99 ms / CPU-us)");
        sweep("append + fdatasync", folder.resolve("probe-append"), BUFFERED, true);
        sweep("fallocated + fdatasync", unwritten, BUFFERED, true);
        sweep("zero-filled + fdatasync", zeroed, BUFFERED, true);
        sweep("zero-filled O_DSYNC", zeroed, BUFFERED_DSYNC, false);
        sweep("zero-filled O_DIRECT+O_DSYNC", zeroed, DIRECT_DSYNC, false);
        manyFiles();
    }

    private void memory() {
        ByteBuffer target = ByteBuffer.allocateDirect(4 * MIB);
        for (int round = 0; round < 2; round++) {
            long start = ProcessCpu.processNs();
            for (int i = 0; i < 256; i++) {
                target.put(0, source, 0, 4 * MIB);
            }
            if (round == 1) {
                cost("memcpy 4 MiB", start, 1024);
            }
        }
        for (int piece : new int[] {1024, 16 << 10, MIB}) {
            for (int round = 0; round < 3; round++) {
                long start = ProcessCpu.processNs();
                CRC32C crc = new CRC32C();
                for (int i = 0; i < 256 * MIB / piece; i++) {
                    int at = (i % (4 * MIB / piece)) * piece;
                    crc.reset();
                    crc.update(source.slice(at, piece));
                }
                if (round == 2) {
                    cost("crc32c of " + piece + " B", start, 256);
                }
            }
        }
    }

    private void pageCache() throws IOException {
        Path path = folder.resolve("probe-cache");
        for (int piece : new int[] {1024, 16 << 10, 64 << 10, 256 << 10, MIB}) {
            Files.deleteIfExists(path);
            try (FileChannel file = FileChannel.open(path, BUFFERED)) {
                for (String pages : new String[] {"fresh", "resident"}) {
                    long start = ProcessCpu.processNs();
                    for (long at = 0; at < AREA_BYTES; at += piece) {
                        file.write(source.slice((int) (at % (4 * MIB)), piece), at);
                    }
                    cost("write page cache, " + pages + ", " + piece + " B", start, AREA_BYTES / MIB);
                }
            }
        }
        Files.deleteIfExists(path);
    }

    private void sweep(String name, Path path, Set<OpenOption> options, boolean thenSync) throws IOException {
        StringBuilder row = new StringBuilder("| ").append(name).append(" | ");
        for (int size : new int[] {4096, 16 << 10, 64 << 10, 256 << 10, MIB, 4 * MIB}) {
            if (name.startsWith("append")) {
                Files.deleteIfExists(path);
            }
            int count = Math.min(SYNCS, (int) (128L * MIB / size));
            long[] ns = new long[count];
            long cpu = ProcessCpu.processNs();
            try (FileChannel file = FileChannel.open(path, options)) {
                for (int i = 0; i < count; i++) {
                    long at = name.startsWith("fallocated") || name.startsWith("append")
                            ? (long) i * size
                            : (long) i * size % AREA_BYTES;
                    long start = System.nanoTime();
                    file.write(source.slice(0, size), at);
                    if (thenSync) {
                        file.force(false);
                    }
                    ns[i] = System.nanoTime() - start;
                }
            }
            cpu = ProcessCpu.processNs() - cpu;
            Arrays.sort(ns);
            row.append("%.2f / %.2f / %d | "
                    .formatted(ns[count / 2] / 1e6, ns[count * 99 / 100] / 1e6, cpu / 1000 / count));
        }
        System.out.println(row);
    }

    private void manyFiles() throws IOException {
        for (int files : new int[] {1, 4, 16, 64, 256}) {
            FileChannel[] open = new FileChannel[files];
            for (int i = 0; i < files; i++) {
                open[i] = FileChannel.open(folder.resolve("probe-many-" + i), BUFFERED);
            }
            double[] bySync = new double[7];
            double[] bySyncfs = new double[7];
            try (NativeSync directory = NativeSync.of(folder)) {
                for (int round = 0; round < 7; round++) {
                    dirty(open, 2L * round);
                    long start = System.nanoTime();
                    for (FileChannel file : open) {
                        file.force(false);
                    }
                    bySync[round] = (System.nanoTime() - start) / 1e6;
                    dirty(open, 2L * round + 1);
                    start = System.nanoTime();
                    directory.syncfs();
                    bySyncfs[round] = (System.nanoTime() - start) / 1e6;
                }
            }
            for (FileChannel file : open) {
                file.close();
            }
            Arrays.sort(bySync);
            Arrays.sort(bySyncfs);
            System.out.printf(
                    "%d files x 64 KiB appended: fdatasync each %.2f ms, one syncfs %.2f ms (median of 7)%n",
                    files, bySync[3], bySyncfs[3]);
        }
    }

    private void dirty(FileChannel[] files, long block) throws IOException {
        for (FileChannel file : files) {
            file.write(source.slice(0, 64 << 10), block * (64 << 10));
        }
    }

    private static void cost(String what, long startCpuNs, double mebibytes) {
        double seconds = (ProcessCpu.processNs() - startCpuNs) / 1e9;
        System.out.printf("%-44s %.3f CPU-s/GiB%n", what, seconds * 1024 / mebibytes);
    }
}
