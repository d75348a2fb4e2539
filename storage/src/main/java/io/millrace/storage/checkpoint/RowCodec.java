package io.millrace.storage.checkpoint;

import io.millrace.protocol.Uuid;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.observer.SideSection;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of checkpoint rows. Big endian; {@code kind} first.
 *
 * <pre>
 * LOG      1 int logId, state, long topicIdHigh, topicIdLow, int partition, short n, n bytes of name,
 *            short n, n bytes of damage, snapshot
 * STATE    2 int logId, state                       (identity and snapshot as in the log's last LOG row)
 * REMOVED  3 int logId
 * JOURNAL  4 long oldest live generation
 *
 * state    = long logStart, segmentBase, segmentBytes, segmentEnd, highWatermark, journalGroup, journalSyncedEnd,
 *            journalCollectedEnd
 * snapshot = byte present; long offset, segmentBase; short n; n x (int type, int version, int length, bytes)
 * </pre>
 */
final class RowCodec {

    private static final byte LOG = 1;
    private static final byte STATE = 2;
    private static final byte REMOVED = 3;
    private static final byte JOURNAL = 4;
    private static final int MAX_TEXT_BYTES = 2000;
    static final int JOURNAL_BYTES = 1 + 8;
    static final int REMOVED_BYTES = 1 + 4;
    static final int STATE_BYTES = 1 + 4 + 8 * 8;

    private RowCodec() {}

    /** Whether a STATE row is enough to turn {@code before} into {@code after}. */
    static boolean onlyState(@Nullable LogRow before, LogRow after) {
        return before != null
                && Objects.equals(before.snapshot(), after.snapshot())
                && before.damage().equals(after.damage())
                && before.identity().equals(after.identity());
    }

    static int logBytes(LogRow row) {
        int bytes = STATE_BYTES
                + 16
                + 4
                + 2
                + bytesOf(row.identity().topic()).length
                + 2
                + bytesOf(row.damage()).length
                + 1;
        LogRow.Snapshot snapshot = row.snapshot();
        if (snapshot != null) {
            bytes += 18;
            for (SideSection section : snapshot.sections()) {
                bytes += 12 + section.sizeBytes();
            }
        }
        return bytes;
    }

    private static byte[] bytesOf(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= MAX_TEXT_BYTES ? bytes : Arrays.copyOf(bytes, MAX_TEXT_BYTES);
    }

    static void writeState(ByteBuffer out, LogRow row) {
        writeState(out, STATE, row);
    }

    private static void writeState(ByteBuffer out, byte kind, LogRow row) {
        out.put(kind)
                .putInt(row.logId())
                .putLong(row.logStartOffset())
                .putLong(row.segmentBaseOffset())
                .putLong(row.segmentBytes())
                .putLong(row.segmentEndOffset())
                .putLong(row.highWatermark())
                .putLong(row.journalled().group())
                .putLong(row.journalled().syncedEnd())
                .putLong(row.journalled().collectedEnd());
    }

    static void writeLog(ByteBuffer out, LogRow row) {
        writeState(out, LOG, row);
        LogIdentity identity = row.identity();
        byte[] name = bytesOf(identity.topic());
        byte[] damage = bytesOf(row.damage());
        out.putLong(identity.topicId().mostSignificantBits())
                .putLong(identity.topicId().leastSignificantBits())
                .putInt(identity.partition())
                .putShort((short) name.length)
                .put(name)
                .putShort((short) damage.length)
                .put(damage);
        LogRow.Snapshot snapshot = row.snapshot();
        out.put((byte) (snapshot == null ? 0 : 1));
        if (snapshot != null) {
            out.putLong(snapshot.offset()).putLong(snapshot.segmentBaseOffset()).putShort((short)
                    snapshot.sections().size());
            for (SideSection section : snapshot.sections()) {
                out.putInt(section.type())
                        .putInt(section.version())
                        .putInt(section.sizeBytes())
                        .put(section.payload());
            }
        }
    }

    static void writeRemoved(ByteBuffer out, int logId) {
        out.put(REMOVED).putInt(logId);
    }

    static void writeJournal(ByteBuffer out, long generation) {
        out.put(JOURNAL).putLong(generation);
    }

    /** Applies every row in {@code in}; false when they do not parse, which a good checksum makes a version mismatch or a bug. */
    static boolean apply(ByteBuffer in, CheckpointState state) {
        try {
            while (in.hasRemaining()) {
                byte kind = in.get();
                switch (kind) {
                    case LOG -> readLog(in, state);
                    case STATE -> readState(in, state);
                    case REMOVED -> state.remove(in.getInt());
                    case JOURNAL -> state.liveGeneration(in.getLong());
                    default -> {
                        return false;
                    }
                }
            }
            return true;
        } catch (BufferUnderflowException | IllegalArgumentException | NegativeArraySizeException e) {
            return false;
        }
    }

    private static void readState(ByteBuffer in, CheckpointState state) {
        int logId = in.getInt();
        LogRow known = state.row(logId);
        if (known == null) {
            throw new IllegalArgumentException("state of unknown log " + logId);
        }
        state.put(new LogRow(
                logId,
                known.identity(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                in.getLong(),
                readJournalled(in),
                known.damage(),
                known.snapshot()));
    }

    private static void readLog(ByteBuffer in, CheckpointState state) {
        int logId = in.getInt();
        long logStart = in.getLong();
        long segmentBase = in.getLong();
        long segmentBytes = in.getLong();
        long segmentEnd = in.getLong();
        long highWatermark = in.getLong();
        LogRow.Journalled journalled = readJournalled(in);
        Uuid topicId = new Uuid(in.getLong(), in.getLong());
        int partition = in.getInt();
        LogIdentity identity = new LogIdentity(topicId, readText(in), partition);
        String damage = readText(in);
        state.put(new LogRow(
                logId,
                identity,
                logStart,
                segmentBase,
                segmentBytes,
                segmentEnd,
                highWatermark,
                journalled,
                damage,
                readSnapshot(in)));
    }

    private static LogRow.Journalled readJournalled(ByteBuffer in) {
        return new LogRow.Journalled(in.getLong(), in.getLong(), in.getLong());
    }

    private static String readText(ByteBuffer in) {
        byte[] text = new byte[in.getShort()];
        in.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static LogRow.@Nullable Snapshot readSnapshot(ByteBuffer in) {
        if (in.get() == 0) {
            return null;
        }
        long offset = in.getLong();
        long segmentBase = in.getLong();
        int count = in.getShort();
        List<SideSection> sections = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int type = in.getInt();
            int version = in.getInt();
            byte[] payload = new byte[in.getInt()];
            in.get(payload);
            sections.add(new SideSection(type, version, ByteBuffer.wrap(payload)));
        }
        return new LogRow.Snapshot(offset, segmentBase, sections);
    }
}
