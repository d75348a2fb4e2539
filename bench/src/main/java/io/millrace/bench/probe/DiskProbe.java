package io.millrace.bench.probe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * How fast the disk takes groups of bytes one after the other, each written at the end and synced with fdatasync, into space
 * that was written before: what a journal can reach at best, one group at a time. Immutable.
 */
public final class DiskProbe {

    private static final int[] GROUP_BYTES = {4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20};
    private static final int AREA_BYTES = 64 << 20;
    private static final int MAX_SYNCS = 200;
    private static final int WARMUP_SYNCS = 5;
    private static final double NANOS_PER_MS = 1e6;
    private static final double BYTES_PER_MB = 1e6;
    private static final double MS_PER_SECOND = 1e3;

    /** Groups of one size: the mean decides the throughput. */
    public record Speed(int groupBytes, double meanMs, double p50Ms, double p99Ms) {
        public double mbPerSecond() {
            return groupBytes / BYTES_PER_MB / meanMs * MS_PER_SECOND;
        }
    }

    private final List<Speed> speeds;

    private DiskProbe(List<Speed> speeds) {
        this.speeds = speeds;
    }

    /** About a second of work on a file in {@code folder}, deleted at the end. */
    public static DiskProbe measure(Path folder) throws IOException {
        Path path = folder.resolve("disk-probe");
        ByteBuffer source = ByteBuffer.allocateDirect(4 << 20);
        byte[] noise = new byte[source.capacity()];
        new SplittableRandom(1).nextBytes(noise);
        source.put(noise).clear();
        List<Speed> speeds = new ArrayList<>();
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int at = 0; at < AREA_BYTES; at += source.capacity()) {
                file.write(source.clear(), at);
            }
            file.force(true);
            for (int groupBytes : GROUP_BYTES) {
                speeds.add(speed(file, source, groupBytes));
            }
        } finally {
            Files.deleteIfExists(path);
        }
        return new DiskProbe(speeds);
    }

    private static Speed speed(FileChannel file, ByteBuffer source, int groupBytes) throws IOException {
        int syncs = Math.min(MAX_SYNCS, AREA_BYTES / groupBytes - WARMUP_SYNCS);
        long[] tookNs = new long[syncs];
        for (int i = -WARMUP_SYNCS; i < syncs; i++) {
            long startNs = System.nanoTime();
            file.write(source.slice(0, groupBytes), (long) (i + WARMUP_SYNCS) * groupBytes);
            file.force(false);
            if (i >= 0) {
                tookNs[i] = System.nanoTime() - startNs;
            }
        }
        double meanMs = Arrays.stream(tookNs).average().orElseThrow() / NANOS_PER_MS;
        Arrays.sort(tookNs);
        return new Speed(groupBytes, meanMs, tookNs[syncs / 2] / NANOS_PER_MS, tookNs[syncs * 99 / 100] / NANOS_PER_MS);
    }

    public List<Speed> speeds() {
        return speeds;
    }

    /** For groups of any size: between two measured sizes the time grows by the byte. */
    public double mbPerSecond(double groupBytes) {
        Speed below = speeds.getFirst();
        if (groupBytes <= below.groupBytes()) {
            return groupBytes / BYTES_PER_MB / below.meanMs() * MS_PER_SECOND;
        }
        for (Speed above : speeds.subList(1, speeds.size())) {
            if (groupBytes <= above.groupBytes()) {
                double share = (groupBytes - below.groupBytes()) / (above.groupBytes() - below.groupBytes());
                double ms = below.meanMs() + share * (above.meanMs() - below.meanMs());
                return groupBytes / BYTES_PER_MB / ms * MS_PER_SECOND;
            }
            below = above;
        }
        return below.mbPerSecond();
    }

    /** A line for people. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Speed speed : speeds) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(String.format(
                            Locale.ROOT,
                            "%d KiB %.0f MB/s (%.2f / %.2f ms)",
                            speed.groupBytes() >> 10,
                            speed.mbPerSecond(),
                            speed.p50Ms(),
                            speed.p99Ms()));
        }
        return text.toString();
    }
}
