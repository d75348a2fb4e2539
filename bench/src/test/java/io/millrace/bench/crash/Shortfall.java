package io.millrace.bench.crash;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a power cut took: bytes that the broker had given to the kernel when it was stopped and that the disk of that moment lacks.
 * A byte counts when it differs; where a file ends early or is missing, zeros are compared with, so that space that was only
 * set aside does not count. Immutable.
 *
 * @param writtenBytes that are not zero in all files as the broker left them
 */
record Shortfall(long writtenBytes, long journalBytes, long segmentBytes, long otherBytes) {

    private static final int PIECE_BYTES = 1 << 16;

    /** @param live the mounted disk, page cache and all; {@code image} the copy of what was on it */
    static Shortfall between(Path live, Path image) throws IOException {
        long written = 0;
        long journal = 0;
        long segments = 0;
        long others = 0;
        List<Path> files;
        try (Stream<Path> tree = Files.walk(live)) {
            files = tree.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            Path name = live.relativize(file);
            long[] counted = count(file, image.resolve(name));
            written += counted[0];
            if (Stream.of(name.toString().split("/", -1)).anyMatch("journal"::equals)) {
                journal += counted[1];
            } else if (name.toString().endsWith(".log")) {
                segments += counted[1];
            } else {
                others += counted[1];
            }
        }
        return new Shortfall(written, journal, segments, others);
    }

    /** Bytes that are not zero, and bytes that differ. */
    private static long[] count(Path live, Path image) throws IOException {
        long written = 0;
        long lacking = 0;
        byte[] mine = new byte[PIECE_BYTES];
        byte[] theirs = new byte[PIECE_BYTES];
        byte[] zeros = new byte[PIECE_BYTES];
        try (InputStream left = Files.newInputStream(live);
                InputStream right = Files.exists(image) ? Files.newInputStream(image) : InputStream.nullInputStream()) {
            int length;
            while ((length = left.readNBytes(mine, 0, PIECE_BYTES)) > 0) {
                int there = right.readNBytes(theirs, 0, PIECE_BYTES);
                Arrays.fill(theirs, there, PIECE_BYTES, (byte) 0);
                written += Arrays.equals(mine, 0, length, zeros, 0, length) ? 0 : differing(mine, zeros, length);
                lacking += Arrays.equals(mine, 0, length, theirs, 0, length) ? 0 : differing(mine, theirs, length);
            }
        }
        return new long[] {written, lacking};
    }

    private static long differing(byte[] some, byte[] others, int length) {
        long count = 0;
        for (int i = 0; i < length; i++) {
            if (some[i] != others[i]) {
                count++;
            }
        }
        return count;
    }

    boolean isLoss() {
        return lackingBytes() > 0;
    }

    long lackingBytes() {
        return journalBytes + segmentBytes + otherBytes;
    }

    @Override
    public String toString() {
        return "of " + writtenBytes + " bytes written the disk lacked " + lackingBytes() + " (journal " + journalBytes
                + ", segments " + segmentBytes + ", others " + otherBytes + ")";
    }
}
