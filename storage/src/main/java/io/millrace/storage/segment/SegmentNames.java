package io.millrace.storage.segment;

import java.nio.file.Path;

/** File names of segments. Twenty digits, so that names sort as offsets do, as in Kafka. */
public final class SegmentNames {

    public static final String LOG = ".log";
    public static final String INDEX = ".idx";
    public static final String SIDE = ".side";
    public static final String TEMPORARY = ".tmp";
    public static final String DELETED = ".deleted";

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

    /** Whether a file is left over from a removal or a write that did not end. */
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
