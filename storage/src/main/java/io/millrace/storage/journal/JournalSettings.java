package io.millrace.storage.journal;

/**
 * Sizes of a journal. Immutable.
 *
 * @param firstFileBytes size of the first two files
 * @param grownFileBytes size of the later ones
 * @param maxFiles at least 2
 * @param maxGroupBytes record bytes that one group gathers; a single larger record still goes, alone
 */
public record JournalSettings(int firstFileBytes, int grownFileBytes, int maxFiles, int maxGroupBytes) {

    public static final JournalSettings DEFAULT = new JournalSettings(8 << 20, 64 << 20, 4, 2 << 20);

    /** For {@code --ephemeral} and tests: never grows beyond 8 MiB a file. */
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

    /** The largest append that every file can hold as a group of its own. */
    public int maxRecordBytes() {
        return firstFileBytes - GroupLayout.HEADER_BYTES - RecordLayout.HEADER_BYTES;
    }

    public int fileBytes(int slot) {
        return slot < 2 ? firstFileBytes : grownFileBytes;
    }
}
