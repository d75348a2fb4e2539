package io.millrace.hostile;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.apache.kafka.common.record.internal.CompressionType;

/**
 * Damages record batches, most of them behind a checksum that fits. Owned by one sender.
 *
 * <pre>
 *   0 base offset | 8 length | 12 leader epoch | 16 magic | 17 crc | 21 attributes | 23 last offset delta | 27 base timestamp
 *   35 max timestamp | 43 producer id | 51 producer epoch | 53 base sequence | 57 count | 61 records
 * </pre>
 */
final class BatchMutator {

    private static final List<CompressionType> TYPES = List.of(CompressionType.values());
    private static final int LENGTH_AT = 8;
    private static final int MAGIC_AT = 16;
    private static final int CRC_AT = 17;
    private static final int ATTRIBUTES_AT = 21;
    private static final int COUNT_AT = 57;
    private static final int RECORDS_AT = 61;
    private static final int[] FIELDS_AT = {0, LENGTH_AT, 12, MAGIC_AT, ATTRIBUTES_AT, 23, 27, 35, 43, 51, 53, COUNT_AT
    };
    private static final int[] FIELD_BYTES = {8, 4, 4, 1, 2, 4, 8, 8, 8, 2, 4, 4};
    private static final long[] NUMBERS = {
        0, 1, -1, 2, 5, 127, -128, 32_767, 1 << 20, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
    };

    private final Random random;
    private final Bombs bombs;

    BatchMutator(Random random, Bombs bombs) {
        this.random = random;
        this.bombs = bombs;
    }

    byte[] mutate(byte[] batch) {
        if (batch.length <= RECORDS_AT) {
            return batch;
        }
        int roll = random.nextInt(100);
        if (roll < 35) {
            return header(batch.clone());
        } else if (roll < 60) {
            return checked(flips(batch.clone(), RECORDS_AT));
        } else if (roll < 80) {
            return repacked(batch);
        } else if (roll < 84) {
            return checked(codec(batch.clone()));
        } else if (roll < 90) {
            return Arrays.copyOf(batch, random.nextInt(batch.length + 40));
        } else if (roll < 95) {
            return twice(batch);
        } else if (roll < 99) {
            return flips(batch.clone(), 0);
        }
        return bomb(batch);
    }

    private byte[] header(byte[] batch) {
        int field = random.nextInt(FIELDS_AT.length);
        long value = NUMBERS[random.nextInt(NUMBERS.length)];
        ByteBuffer eight = ByteBuffer.allocate(Long.BYTES).putLong(value);
        int bytes = FIELD_BYTES[field];
        System.arraycopy(eight.array(), Long.BYTES - bytes, batch, FIELDS_AT[field], bytes);
        return random.nextInt(5) == 0 ? batch : checked(batch);
    }

    private byte[] flips(byte[] batch, int from) {
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            batch[from + random.nextInt(batch.length - from)] ^= (byte) (1 << random.nextInt(8));
        }
        return batch;
    }

    private byte[] codec(byte[] batch) {
        batch[ATTRIBUTES_AT + 1] = (byte) ((batch[ATTRIBUTES_AT + 1] & ~7) | random.nextInt(8));
        return batch;
    }

    /** Damaged records, packed well: what is behind the decompressor. */
    private byte[] repacked(byte[] batch) {
        byte[] records = Arrays.copyOfRange(batch, RECORDS_AT, batch.length);
        if (random.nextInt(4) != 0) {
            flips(records, 0);
        }
        if (random.nextInt(4) == 0) {
            byte[] many = new byte[Math.min(records.length * (1 + random.nextInt(100)), 1 << 20)];
            for (int at = 0; at < many.length; at++) {
                many[at] = records[at % records.length];
            }
            records = many;
        }
        CompressionType type = TYPES.get(random.nextInt(TYPES.size()));
        return withRecords(batch, type.id, Bombs.pack(type, records));
    }

    private byte[] bomb(byte[] batch) {
        Bombs.Bomb bomb = bombs.any(random);
        byte[] armed = withRecords(batch, bomb.codec(), bomb.packed());
        if (random.nextBoolean()) {
            ByteBuffer.wrap(armed).putInt(COUNT_AT, 1 << 20).putInt(23, (1 << 20) - 1);
        }
        return checked(armed);
    }

    private static byte[] withRecords(byte[] batch, int codec, byte[] records) {
        byte[] whole = Arrays.copyOf(batch, RECORDS_AT + records.length);
        System.arraycopy(records, 0, whole, RECORDS_AT, records.length);
        whole[ATTRIBUTES_AT + 1] = (byte) ((whole[ATTRIBUTES_AT + 1] & ~7) | codec);
        ByteBuffer.wrap(whole).putInt(LENGTH_AT, whole.length - LENGTH_AT - Integer.BYTES);
        return checked(whole);
    }

    private byte[] twice(byte[] batch) {
        byte[] two = Arrays.copyOf(batch, batch.length * 2);
        System.arraycopy(batch, 0, two, batch.length, batch.length);
        return random.nextBoolean() ? two : Arrays.copyOf(two, two.length - random.nextInt(batch.length));
    }

    private static byte[] checked(byte[] batch) {
        CRC32C crc = new CRC32C();
        crc.update(batch, ATTRIBUTES_AT, batch.length - ATTRIBUTES_AT);
        ByteBuffer.wrap(batch).putInt(CRC_AT, (int) crc.getValue());
        return batch;
    }
}
