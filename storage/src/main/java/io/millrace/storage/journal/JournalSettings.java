package io.millrace.storage.journal;

/**
 * Sizes of a journal. Immutable.
 *
 * @param firstFileBytes size of the first two files; a file is made larger when a record comes that does not fit
 * @param grownFileBytes size of the later ones
 * @param maxFiles at least 2
 * @param maxGroupBytes record bytes that one group gathers; a single larger record still goes, alone
 */
public record JournalSettings(int firstFileBytes, int grownFileBytes, int maxFiles, int maxGroupBytes) {

    public static final JournalSettings DEFAULT = new JournalSettings(8 << 20, 64 << 20, 4, 2 << 20);

    /** For {@code --ephemeral} and tests: files of 8 MiB, until a larger batch comes. */
    public static final JournalSettings SMALL = new JournalSettings(8 << 20, 8 << 20, 4, 2 << 20);

    public JournalSettings {
        if (firstFileBytes < 4 * GroupLayout.BLOCK_BYTES || grownFileBytes < firstFileBytes || maxFiles < 2) {
            throw new IllegalArgumentException(
                    "journal too small: first=" + firstFileBytes + " grown=" + grownFileBytes + " files=" + maxFiles);
        }
        if (firstFileBytes % GroupLayout.BLOCK_BYTES != 0 || grownFileBytes % GroupLayout.BLOCK_BYTES != 0) {
            throw new IllegalArgumentException("journal files must be a multiple of " + GroupLayout.BLOCK_BYTES);
        }
        if (maxGroupBytes < 1 || maxGroupBytes > firstFileBytes - GroupLayout.BLOCK_BYTES) {
            throw new IllegalArgumentException("a group of " + maxGroupBytes + " bytes does not fit a journal file");
        }
    }

    /** The largest append: half of the tail's memory, so that it finds room there beside others. */
    public static final int MAX_RECORD_BYTES = 32 << 20;

    /**
     * Size to give a file that is to hold a group of {@code blockedBytes}: several of them, if files may be so large, for
     * where one came more will.
     */
    int enlargedFileBytes(int blockedBytes) {
        return Math.max(blockedBytes, (int) Math.min(grownFileBytes, 4L * blockedBytes));
    }

    public int fileBytes(int slot) {
        return slot < 2 ? firstFileBytes : grownFileBytes;
    }
}
