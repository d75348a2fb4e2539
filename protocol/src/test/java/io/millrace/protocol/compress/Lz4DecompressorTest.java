package io.millrace.protocol.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG.Bits;
import net.jpountz.xxhash.XXHashFactory;
import org.junit.jupiter.api.Test;

class Lz4DecompressorTest {
    private static final byte[] PLAIN = Samples.bytes(9_000_000, 5, 3);

    @Test
    void readsEveryBlockSizeWithAndWithoutChecksums() throws IOException {
        for (BLOCKSIZE size : BLOCKSIZE.values()) {
            assertThat(Samples.unpack(Codec.LZ4, frame(PLAIN, size, Bits.BLOCK_INDEPENDENCE)))
                    .isEqualTo(PLAIN);
            byte[] checked = frame(PLAIN, size, Bits.BLOCK_INDEPENDENCE, Bits.BLOCK_CHECKSUM, Bits.CONTENT_CHECKSUM);
            assertThat(Samples.unpack(Codec.LZ4, checked)).isEqualTo(PLAIN);
        }
    }

    @Test
    void readsStoredBlocksAndContentSizes() throws IOException {
        byte[] noise = Samples.bytes(100_000, 256, 8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LZ4FrameOutputStream lz4 = new LZ4FrameOutputStream(
                out, BLOCKSIZE.SIZE_64KB, noise.length, Bits.BLOCK_INDEPENDENCE, Bits.CONTENT_SIZE)) {
            lz4.write(noise);
        }
        assertThat(Samples.unpack(Codec.LZ4, out.toByteArray())).isEqualTo(noise);
        byte[] lying = header(Lz4Frame.FLG_INDEPENDENT | Lz4Frame.FLG_CONTENT_SIZE, 0x40, 1000);
        assertCorrupt(with(lying, 0x80000001, 'x', 0), "declares 1000 bytes and has 1");
    }

    @Test
    void everyChecksumIsVerified() throws IOException {
        byte[] plain = Samples.bytes(1000, 5, 3);
        byte[] blockChecked = frame(plain, BLOCKSIZE.SIZE_64KB, Bits.BLOCK_INDEPENDENCE, Bits.BLOCK_CHECKSUM);
        blockChecked[blockChecked.length - 5] ^= 1;
        assertCorrupt(blockChecked, "block checksum is wrong");
        byte[] contentChecked = frame(plain, BLOCKSIZE.SIZE_64KB, Bits.BLOCK_INDEPENDENCE, Bits.CONTENT_CHECKSUM);
        contentChecked[contentChecked.length - 1] ^= 1;
        assertCorrupt(contentChecked, "content checksum is wrong");
        byte[] headerChecked = frame(plain, BLOCKSIZE.SIZE_64KB, Bits.BLOCK_INDEPENDENCE);
        headerChecked[6] ^= 1;
        assertCorrupt(headerChecked, "header checksum is wrong");
    }

    @Test
    void writesTheHeaderChecksumOfTheFormat() {
        ByteBuffer frame = Samples.compress(Codec.LZ4, new byte[0]);
        // The checksum of "60 40" as lz4's own tools write it.
        assertThat(frame)
                .isEqualTo(ByteBuffer.wrap(new byte[] {0x04, 0x22, 0x4D, 0x18, 0x60, 0x40, (byte) 0x82, 0, 0, 0, 0}));
    }

    @Test
    void refusesLinkedBlocksDictionariesSkippableAndUnknownFrames() {
        assertCorrupt(header(0, 0x40, -1), "linked blocks");
        assertCorrupt(header(Lz4Frame.FLG_INDEPENDENT | Lz4Frame.FLG_DICTIONARY, 0x40, -1), "dictionary");
        assertCorrupt(header(Lz4Frame.FLG_INDEPENDENT | Lz4Frame.FLG_RESERVED, 0x40, -1), "unknown flags");
        for (int descriptor : new int[] {0x00, 0x30, 0x41, 0x48, 0xC0}) {
            assertCorrupt(header(Lz4Frame.FLG_INDEPENDENT, descriptor, -1), "unknown flags");
        }
        assertCorrupt(little(0x184D2A53, 4, 0), "skippable");
        assertCorrupt(little(0x12345678, 4, 0), "not an lz4 frame");
    }

    @Test
    void refusesBlocksThatDoNotFit() {
        byte[] header = header(Lz4Frame.FLG_INDEPENDENT, 0x40, -1);
        assertCorrupt(with(header, 0x10001), "the frame allows 65536");
        assertCorrupt(with(header, 0x7FFFFFFF), "the frame allows 65536");
        assertCorrupt(with(header, 100), "lz4 block needs 100 bytes");
        assertCorrupt(header, "block size needs");
    }

    @Test
    void refusesBytesAfterTheFrame() throws IOException {
        byte[] frame = frame(new byte[10], BLOCKSIZE.SIZE_64KB, Bits.BLOCK_INDEPENDENCE);
        assertCorrupt(Arrays.copyOf(frame, frame.length + 1), "1 bytes follow");
    }

    private static byte[] frame(byte[] plain, BLOCKSIZE size, Bits... flags) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (LZ4FrameOutputStream lz4 = new LZ4FrameOutputStream(out, size, flags)) {
            lz4.write(plain);
        }
        return out.toByteArray();
    }

    /** A frame header with a right checksum; a content size of -1 is left out. */
    private static byte[] header(int flags, int descriptor, long contentSize) {
        ByteBuffer header = ByteBuffer.allocate(15).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(Lz4Frame.MAGIC).put((byte) (Lz4Frame.FLG_VERSION | flags)).put((byte) descriptor);
        if (contentSize >= 0) {
            header.putLong(contentSize);
        }
        int hash = XXHashFactory.safeInstance().hash32().hash(header.array(), 4, header.position() - 4, 0);
        header.put((byte) (hash >>> 8));
        return Arrays.copyOf(header.array(), header.position());
    }

    private static byte[] with(byte[] header, int blockSize, int... bytes) {
        ByteBuffer frame =
                ByteBuffer.allocate(header.length + 4 + bytes.length + 3).order(ByteOrder.LITTLE_ENDIAN);
        frame.put(header).putInt(blockSize);
        for (int next : bytes) {
            frame.put((byte) next);
        }
        return bytes.length == 0 ? Arrays.copyOf(frame.array(), frame.position()) : frame.array();
    }

    private static byte[] little(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            bytes.putInt(value);
        }
        return bytes.array();
    }

    private static void assertCorrupt(byte[] packed, String message) {
        assertThatExceptionOfType(CorruptCompressionException.class)
                .isThrownBy(() -> Samples.unpack(Codec.LZ4, packed))
                .withMessageContaining(message);
    }
}
