package io.millrace.storage.journal;

import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;

/**
 * One record found at start, in group number {@code groupNumber}. {@code group} holds the whole verified group and is valid only during the visit; the record's
 * bytes lie in it at {@code position..position + lengthBytes}, and in {@code file} at {@code filePosition}.
 */
public record JournalRecord(
        long groupNumber,
        RecordKind kind,
        int logId,
        int leaderEpoch,
        long baseOffset,
        long endOffset,
        int lengthBytes,
        ByteBuffer group,
        int position,
        DiskFile file,
        long filePosition) {}
