package io.millrace.storage.segment;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** File names of segments. Twenty digits, so that names sort as offsets do, as in Kafka. */
public final class SegmentNames {

    public static final String LOG = ".log";
    public static final String INDEX = ".idx";
    public static final String SIDE = ".side";
    public static final String TEMPORARY = ".tmp";
    public static final String DELETED = ".deleted";

    /** Of files that compaction writes; they are not part of the log. */
    public static final String CLEANED = ".cleaned";

    /** Of files that the scrubber writes beside the log's other file work, which leaves them alone. */
    public static final String SCRUB = ".scrub";

    /** Of a compacted segment that is to take the place of others, see {@link SegmentSwap}. */
    public static final String SWAP = ".swap";

    private static final int DIGITS = 20;

    private SegmentNames() {}

    public static Path log(Path directory, long baseOffset) {
        return directory.resolve(digits(baseOffset) + LOG);
    }

    public static Path index(Path directory, long baseOffset) {
        return directory.resolve(digits(baseOffset) + INDEX);
    }

    public static Path side(Path directory, long baseOffset) {
        return directory.resolve(digits(baseOffset) + SIDE);
    }

    /** The name that a file bears while it waits for its removal. */
    public static Path deleted(Path file) {
        return file.resolveSibling(file.getFileName() + DELETED);
    }

    /** The name of a file that is not complete yet. */
    public static Path temporary(Path file) {
        return file.resolveSibling(file.getFileName() + TEMPORARY);
    }

    /** The name that a file bears while compaction writes it. */
    public static Path cleaned(Path file) {
        return file.resolveSibling(file.getFileName() + CLEANED);
    }

    /** The name that a file bears while the scrubber writes it, and until it gets its own. */
    static Path scrub(Path file) {
        return file.resolveSibling(file.getFileName() + SCRUB);
    }

    /** A complete compacted segment that stands for all segments from {@code baseOffset} to {@code endOffset}. */
    static Path swap(Path directory, long baseOffset, long endOffset) {
        return directory.resolve(digits(baseOffset) + "-" + digits(endOffset) + SWAP);
    }

    /** Base and end offset of a {@link #swap} file; null for any other name. */
    public static long @Nullable [] swapOf(String fileName) {
        if (fileName.length() != 2 * DIGITS + 1 + SWAP.length() || !fileName.endsWith(SWAP)) {
            return null;
        }
        long base = baseOffsetOf(fileName.substring(0, DIGITS) + LOG);
        long end = baseOffsetOf(fileName.substring(DIGITS + 1, 2 * DIGITS + 1) + LOG);
        return base < 0 || end <= base || fileName.charAt(DIGITS) != '-' ? null : new long[] {base, end};
    }

    /** Base offset of a {@code .log} file, -1 for any other name. */
    public static long baseOffsetOf(String fileName) {
        if (fileName.length() != DIGITS + LOG.length() || !fileName.endsWith(LOG)) {
            return -1;
        }
        long offset = 0;
        for (int i = 0; i < DIGITS; i++) {
            int digit = fileName.charAt(i) - '0';
            if (digit < 0 || digit > 9 || offset > (Long.MAX_VALUE - digit) / 10) {
                return -1;
            }
            offset = offset * 10 + digit;
        }
        return offset;
    }

    /** Whether a file is left over from a removal or a write that did not end, of the log's own file work. */
    public static boolean isLeftOver(String fileName) {
        return fileName.endsWith(DELETED) || fileName.endsWith(TEMPORARY);
    }

    private static String digits(long baseOffset) {
        if (baseOffset < 0) {
            throw new IllegalArgumentException("base offset must not be negative: " + baseOffset);
        }
        String number = Long.toString(baseOffset);
        return "0".repeat(DIGITS - number.length()) + number;
    }
}
