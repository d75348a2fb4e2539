package io.millrace.replication.metadatalog;

import io.millrace.protocol.MalformedMessageException;
import io.millrace.protocol.Message;
import io.millrace.protocol.MessageBytes;
import io.millrace.replication.record.ConfigRecord;
import io.millrace.replication.record.FeatureLevelRecord;
import io.millrace.replication.record.FormatRecord;
import io.millrace.replication.record.PartitionChangesRecord;
import io.millrace.replication.record.PartitionsRecord;
import io.millrace.replication.record.ProducerIdsRecord;
import io.millrace.replication.record.RegisterBrokerRecord;
import io.millrace.replication.record.RemoveTopicRecord;
import io.millrace.replication.record.TopicRecord;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Metadata records to bytes and back. Stateless.
 *
 * <pre>
 * record: length int32 | type int16 | version int16 | length - 4 bytes of the message in that version
 * </pre>
 */
final class RecordCodec {

    private static final int HEADER_BYTES = 8;

    private RecordCodec() {}

    static ByteBuffer encode(List<? extends Message> records) {
        List<ByteBuffer> bodies = new ArrayList<>(records.size());
        int sizeBytes = 0;
        for (Message record : records) {
            ByteBuffer body = MessageBytes.encode(record, record.highestVersion());
            bodies.add(body);
            sizeBytes = Math.addExact(sizeBytes, HEADER_BYTES + body.remaining());
        }
        ByteBuffer out = ByteBuffer.allocate(sizeBytes);
        for (int i = 0; i < bodies.size(); i++) {
            ByteBuffer body = bodies.get(i);
            Message record = records.get(i);
            out.putInt(body.remaining() + 4).putShort(record.apiKey()).putShort(record.highestVersion());
            out.put(body);
        }
        return out.flip();
    }

    /**
     * @param body exactly {@code count} records
     * @param place for messages: file and position
     */
    static List<Message> decode(ByteBuffer body, int count, String place) throws MetadataLogException {
        List<Message> records = new ArrayList<>(Math.min(count, body.remaining() / HEADER_BYTES));
        try {
            for (int i = 0; i < count; i++) {
                int lengthBytes = body.getInt() - 4;
                short type = body.getShort();
                short version = body.getShort();
                if (lengthBytes < 0 || lengthBytes > body.remaining()) {
                    throw corrupt(place, "record " + i + " claims " + lengthBytes + " bytes");
                }
                ByteBuffer bytes = body.slice(body.position(), lengthBytes);
                body.position(body.position() + lengthBytes);
                records.add(read(type, version, bytes, place));
                if (bytes.hasRemaining()) {
                    throw corrupt(place, "record " + i + " of type " + type + " ends early");
                }
            }
        } catch (BufferUnderflowException | MalformedMessageException e) {
            throw new MetadataLogException(
                    MetadataLogException.Kind.CORRUPT, "the metadata log is damaged at " + place + ": " + e, e);
        }
        if (body.hasRemaining()) {
            throw corrupt(place, body.remaining() + " bytes follow the last record");
        }
        return records;
    }

    private static Message read(short type, short version, ByteBuffer bytes, String place) throws MetadataLogException {
        if (version < 0 || version > highestVersion(type)) {
            throw new MetadataLogException(
                    MetadataLogException.Kind.NEWER_FORMAT,
                    "the metadata log holds a record of type " + type + " version " + version + " at " + place
                            + ", which this build does not know; start the newer build that wrote it");
        }
        return switch (type) {
            case FormatRecord.API_KEY -> FormatRecord.read(bytes, version);
            case RegisterBrokerRecord.API_KEY -> RegisterBrokerRecord.read(bytes, version);
            case TopicRecord.API_KEY -> TopicRecord.read(bytes, version);
            case PartitionsRecord.API_KEY -> PartitionsRecord.read(bytes, version);
            case PartitionChangesRecord.API_KEY -> PartitionChangesRecord.read(bytes, version);
            case RemoveTopicRecord.API_KEY -> RemoveTopicRecord.read(bytes, version);
            case ConfigRecord.API_KEY -> ConfigRecord.read(bytes, version);
            case ProducerIdsRecord.API_KEY -> ProducerIdsRecord.read(bytes, version);
            case FeatureLevelRecord.API_KEY -> FeatureLevelRecord.read(bytes, version);
            default -> throw new IllegalStateException("record type " + type + " has a version but no reader");
        };
    }

    /** -1 for a type that this build does not know. */
    private static int highestVersion(short type) {
        return switch (type) {
            case FormatRecord.API_KEY -> FormatRecord.HIGHEST_VERSION;
            case RegisterBrokerRecord.API_KEY -> RegisterBrokerRecord.HIGHEST_VERSION;
            case TopicRecord.API_KEY -> TopicRecord.HIGHEST_VERSION;
            case PartitionsRecord.API_KEY -> PartitionsRecord.HIGHEST_VERSION;
            case PartitionChangesRecord.API_KEY -> PartitionChangesRecord.HIGHEST_VERSION;
            case RemoveTopicRecord.API_KEY -> RemoveTopicRecord.HIGHEST_VERSION;
            case ConfigRecord.API_KEY -> ConfigRecord.HIGHEST_VERSION;
            case ProducerIdsRecord.API_KEY -> ProducerIdsRecord.HIGHEST_VERSION;
            case FeatureLevelRecord.API_KEY -> FeatureLevelRecord.HIGHEST_VERSION;
            default -> -1;
        };
    }

    private static MetadataLogException corrupt(String place, String found) {
        return new MetadataLogException(
                MetadataLogException.Kind.CORRUPT, "the metadata log is damaged at " + place + ": " + found);
    }
}
