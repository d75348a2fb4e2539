package io.millrace.broker.coordinator.group.state;

import io.millrace.protocol.MalformedMessageException;
import io.millrace.protocol.MessageBytes;
import io.millrace.protocol.message.GroupMetadataKey;
import io.millrace.protocol.message.GroupMetadataValue;
import io.millrace.protocol.message.LegacyOffsetCommitKey;
import io.millrace.protocol.message.OffsetCommitKey;
import io.millrace.protocol.message.OffsetCommitValue;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's layout of the records: the key is an int16 record type and the key message, the value an int16 version and the value
 * message; a tombstone has no value. Stateless.
 */
public final class GroupRecordCodec {

    /**
     * Offsets are written with their topic's id (version 4), so that a topic created again under the name does not inherit
     * them; one whose topic has no id known in version 3.
     */
    private static final short OFFSET_VERSION = 4;

    private static final short OFFSET_VERSION_WITHOUT_ID = 3;
    /** The only version with a time of its own at which the offset ends: what old clients may ask for. */
    private static final short OFFSET_VERSION_WITH_EXPIRY = 1;

    private static final long NO_EXPIRY = -1;
    /** The last version before compact encodings: what Kafka writes itself. */
    private static final short GROUP_VERSION = 3;

    private GroupRecordCodec() {}

    public static ByteBuffer key(GroupRecord record) {
        return MessageBytes.encodeKey(
                switch (record) {
                    case GroupRecord.OffsetCommitted offset ->
                        new OffsetCommitKey()
                                .group(offset.group())
                                .topic(offset.topic())
                                .partition(offset.partition());
                    case GroupRecord.GroupChanged group -> new GroupMetadataKey().group(group.group());
                });
    }

    /** Null for a tombstone. */
    public static @Nullable ByteBuffer value(GroupRecord record) {
        return switch (record) {
            case GroupRecord.OffsetCommitted(var group, var topic, var partition, var value) ->
                value == null ? null : MessageBytes.encodeVersioned(value, version(value));
            case GroupRecord.GroupChanged(var group, var value) ->
                value == null ? null : MessageBytes.encodeVersioned(value, GROUP_VERSION);
        };
    }

    /** Bytes that the record's value takes, 0 for a tombstone. */
    public static int valueBytes(GroupRecord record) {
        return switch (record) {
            case GroupRecord.OffsetCommitted(var group, var topic, var partition, var value) ->
                value == null ? 0 : Short.BYTES + value.size(version(value));
            case GroupRecord.GroupChanged(var group, var value) ->
                value == null ? 0 : Short.BYTES + value.size(GROUP_VERSION);
        };
    }

    private static short version(OffsetCommitValue value) {
        if (value.expireTimestamp() != NO_EXPIRY) {
            return OFFSET_VERSION_WITH_EXPIRY;
        }
        return value.topicId().isZero() ? OFFSET_VERSION_WITHOUT_ID : OFFSET_VERSION;
    }

    /**
     * Reads one record.
     *
     * @return null when it is of a type that classic groups do not use: another kind of group wrote it
     * @throws MalformedMessageException when it is of a known type and does not hold what that type says
     */
    public static @Nullable GroupRecord read(ByteBuffer key, @Nullable ByteBuffer value) {
        if (key.remaining() < Short.BYTES) {
            throw new MalformedMessageException("a key of " + key.remaining() + " bytes", "coordinator record", 0);
        }
        short type = key.getShort();
        return switch (type) {
            // Type 0 has the key of type 1, and its values are versions 0 and 1 of the same schema.
            case LegacyOffsetCommitKey.API_KEY, OffsetCommitKey.API_KEY -> {
                OffsetCommitKey read = OffsetCommitKey.read(key, (short) 0);
                yield new GroupRecord.OffsetCommitted(read.group(), read.topic(), read.partition(), offset(value));
            }
            case GroupMetadataKey.API_KEY -> {
                GroupMetadataKey read = GroupMetadataKey.read(key, (short) 0);
                yield new GroupRecord.GroupChanged(read.group(), group(value));
            }
            default -> null;
        };
    }

    private static @Nullable OffsetCommitValue offset(@Nullable ByteBuffer value) {
        return value == null
                ? null
                : OffsetCommitValue.read(value, version(value, OffsetCommitValue.HIGHEST_VERSION, "offset commit"));
    }

    private static @Nullable GroupMetadataValue group(@Nullable ByteBuffer value) {
        return value == null
                ? null
                : GroupMetadataValue.read(value, version(value, GroupMetadataValue.HIGHEST_VERSION, "group metadata"));
    }

    private static short version(ByteBuffer value, short highest, String what) {
        short version = value.remaining() < Short.BYTES ? -1 : value.getShort();
        if (version < 0 || version > highest) {
            throw new MalformedMessageException(
                    "version " + version + ", known are 0 to " + highest + ": a newer broker wrote it", what, 0);
        }
        return version;
    }
}
