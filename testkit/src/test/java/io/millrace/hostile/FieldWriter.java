package io.millrace.hostile;

import io.millrace.hostile.Field.Kind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.AbstractRecords;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Takes a message apart into its fields, by Kafka's own encoder. Owned by its caller. */
final class FieldWriter implements Writable {

    private final List<Field> fields = new ArrayList<>();

    private FieldWriter() {}

    /** @throws org.apache.kafka.common.errors.UnsupportedVersionException when the message says what the version cannot */
    static List<Field> fieldsOf(ApiMessage message, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        message.size(cache, version);
        FieldWriter writer = new FieldWriter();
        message.write(writer, cache, version);
        return writer.fields;
    }

    private void add(Kind kind, ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        fields.add(new Field(kind, copy));
    }

    @Override
    public void writeByte(byte value) {
        fields.add(new Field(Kind.INT8, new byte[] {value}));
    }

    @Override
    public void writeShort(short value) {
        fields.add(Field.int16(value));
    }

    @Override
    public void writeInt(int value) {
        fields.add(Field.int32(value));
    }

    @Override
    public void writeLong(long value) {
        add(Kind.INT64, ByteBuffer.allocate(Long.BYTES).putLong(0, value));
    }

    @Override
    public void writeDouble(double value) {
        writeLong(Double.doubleToRawLongBits(value));
    }

    @Override
    public void writeByteArray(byte[] bytes) {
        add(Kind.BYTES, ByteBuffer.wrap(bytes));
    }

    @Override
    public void writeUnsignedVarint(int value) {
        fields.add(Field.varint(value));
    }

    @Override
    public void writeByteBuffer(ByteBuffer bytes) {
        add(Kind.BYTES, bytes);
    }

    @Override
    public void writeVarint(int value) {
        fields.add(Field.varint(value << 1 ^ value >> 31));
    }

    @Override
    public void writeVarlong(long value) {
        throw new UnsupportedOperationException("no request has one");
    }

    @Override
    public void writeUuid(Uuid id) {
        add(
                Kind.UUID,
                ByteBuffer.allocate(2 * Long.BYTES)
                        .putLong(0, id.getMostSignificantBits())
                        .putLong(Long.BYTES, id.getLeastSignificantBits()));
    }

    @Override
    public void writeRecords(BaseRecords records) {
        if (!(records instanceof AbstractRecords) || !(records instanceof MemoryRecords inMemory)) {
            throw new IllegalArgumentException("records of a recorded request are in memory");
        }
        add(Kind.RECORDS, inMemory.buffer());
    }
}
