package io.millrace.simulation.recovery.planted;

import io.millrace.simulation.disk.DiskOperation;
import io.millrace.storage.disk.Disk;
import java.nio.file.Path;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;

/** What can be wrong with a storage engine; the recovery check must find each. */
public enum PlantedBug {
    /** The engine as it is. */
    NONE,
    /** A batch is reported durable though its group was only written. */
    ACKNOWLEDGE_BEFORE_JOURNAL_SYNC,
    /** Files are synced, their names never are. */
    NO_DIRECTORY_SYNC,
    /** The checkpoint vouches for segment bytes that nobody synced. */
    CHECKPOINT_BEFORE_SEGMENT_SYNC,
    /** Journal files are used again on the word of a checkpoint that is not on the disk. */
    JOURNAL_REUSED_BEFORE_CHECKPOINT_SYNC,
    /** A compacted segment takes the place of others before its bytes are on the disk. */
    COMPACTED_SEGMENT_NOT_SYNCED,
    /** Recovery takes the last group as it is, torn or not. */
    TORN_GROUP_TRUSTED,
    /** Recovery takes what an older generation left behind the last group for its continuation. */
    CHAIN_NOT_CHECKED,
    /** Recovery does not know truncation records. */
    TRUNCATION_RECORD_IGNORED,
    /** A batch counts as durable when its group is written. On an honest disk. */
    ACKNOWLEDGED_WHEN_WRITTEN,
    /** The checkpoint is told the log end for the high watermark. */
    HIGH_WATERMARK_TOO_HIGH,
    /** A delete is reported done when it is asked for. */
    DELETE_ANSWERED_EARLY;

    /** The disk as an engine with this bug would use it. */
    public Disk over(Disk disk) {
        return isDiskLie() ? new LyingDisk(disk, lie()) : disk;
    }

    /** Whether the bug shows in how the disk is used; if not, the workload acts it out on an honest one. */
    private boolean isDiskLie() {
        return switch (this) {
            case NONE, ACKNOWLEDGED_WHEN_WRITTEN, HIGH_WATERMARK_TOO_HIGH, DELETE_ANSWERED_EARLY -> false;
            default -> true;
        };
    }

    private DiskLie lie() {
        return switch (this) {
            case NONE, ACKNOWLEDGED_WHEN_WRITTEN, HIGH_WATERMARK_TOO_HIGH, DELETE_ANSWERED_EARLY -> new DiskLie() {};
            case ACKNOWLEDGE_BEFORE_JOURNAL_SYNC ->
                dropping((operation, path) -> operation == DiskOperation.SYNC && isJournal(path));
            case NO_DIRECTORY_SYNC ->
                dropping((operation, path) ->
                        operation == DiskOperation.SYNC_DIRECTORY || operation == DiskOperation.SYNC_FILE_SYSTEM);
            case CHECKPOINT_BEFORE_SEGMENT_SYNC ->
                dropping((operation, path) -> operation == DiskOperation.SYNC_FILE_SYSTEM
                        || (operation == DiskOperation.SYNC && path.toString().endsWith(".log")));
            case JOURNAL_REUSED_BEFORE_CHECKPOINT_SYNC ->
                dropping((operation, path) -> operation == DiskOperation.SYNC && isCheckpoint(path));
            case COMPACTED_SEGMENT_NOT_SYNCED ->
                dropping((operation, path) ->
                        operation == DiskOperation.SYNC && path.toString().endsWith(".log.cleaned"));
            case TORN_GROUP_TRUSTED -> rewriting(JournalForgery::checksumsTrusted);
            case CHAIN_NOT_CHECKED -> rewriting(JournalForgery::chainTrusted);
            case TRUNCATION_RECORD_IGNORED -> rewriting(JournalForgery::truncationsIgnored);
        };
    }

    private static boolean isJournal(Path path) {
        return path.toString().endsWith(".journal");
    }

    private static boolean isCheckpoint(Path path) {
        return path.toString().contains("checkpoint");
    }

    private static DiskLie dropping(BiPredicate<DiskOperation, Path> dropped) {
        return new DiskLie() {
            @Override
            public boolean drops(DiskOperation operation, Path path) {
                return dropped.test(operation, path);
            }
        };
    }

    private static DiskLie rewriting(UnaryOperator<byte[]> journal) {
        return new DiskLie() {
            @Override
            public boolean rewrites(Path path) {
                return isJournal(path);
            }

            @Override
            public byte[] rewritten(byte[] content) {
                return journal.apply(content);
            }
        };
    }
}
