package io.millrace.hostile;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

/** Little that unpacks to a lot: zeroes, compressed once per codec. Immutable. */
final class Bombs {

    private static final int[] UNPACKED_BYTES = {2 << 20, 64 << 20};

    private final List<Bomb> bombs = new ArrayList<>();

    /**
     * One bomb.
     *
     * @param codec as in a batch's attributes
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Bomb(int codec, byte[] packed) {}

    Bombs() {
        for (CompressionType type : CompressionType.values()) {
            for (int size : UNPACKED_BYTES) {
                if (type != CompressionType.NONE && (type != CompressionType.SNAPPY || size == UNPACKED_BYTES[0])) {
                    bombs.add(new Bomb(type.id, pack(type, new byte[size])));
                }
            }
        }
    }

    static byte[] pack(CompressionType type, byte[] content) {
        ByteBufferOutputStream packed = new ByteBufferOutputStream(Math.max(512, content.length / 8));
        try (OutputStream out = Compression.of(type).build().wrapForOutput(packed, RecordBatch.CURRENT_MAGIC_VALUE)) {
            out.write(content);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        byte[] bytes = new byte[packed.position()];
        packed.buffer().flip().get(bytes);
        return bytes;
    }

    Bomb any(java.util.Random random) {
        return bombs.get(random.nextInt(bombs.size()));
    }
}
