package io.millrace.protocol.compress;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The compression codecs of record batches; the number is that of the batch's attribute bits 0 to 2. Native libraries are
 * loaded by the first compressor or decompressor that needs one, not by this type.
 */
public enum Codec {
    /** Not compressed. */
    NONE(0, 0, 0, 0),
    /** RFC 1952. Levels as in zlib. */
    GZIP(1, 1, 9, 6),
    /** Snappy: written in xerial's framing as Java clients do; read in it or as one raw block. Has no levels. */
    SNAPPY(2, 0, 0, 0),
    /** The LZ4 frame format with independent blocks. Level 9 is the fast compressor, any other the high one, as in Kafka. */
    LZ4(3, 1, 17, 9),
    /** Zstandard, RFC 8878. */
    ZSTD(4, -131_072, 22, 3);

    private static final Codec[] BY_ID = values();

    private final int id;
    private final int minLevel;
    private final int maxLevel;
    private final int defaultLevel;

    Codec(int id, int minLevel, int maxLevel, int defaultLevel) {
        this.id = id;
        this.minLevel = minLevel;
        this.maxLevel = maxLevel;
        this.defaultLevel = defaultLevel;
    }

    /** The codec with this number, or null. */
    public static @Nullable Codec byId(int id) {
        return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;
    }

    /** The codec with this name as in Kafka's {@code compression.type} ({@code none}, {@code gzip}, ...), or null. */
    public static @Nullable Codec byName(String name) {
        for (Codec codec : BY_ID) {
            if (codec.configName().equals(name)) {
                return codec;
            }
        }
        return null;
    }

    /** Number in a batch's attributes. */
    public int id() {
        return id;
    }

    /** Name in configuration. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Weakest level, inclusive. */
    public int minLevel() {
        return minLevel;
    }

    /** Strongest level, inclusive. */
    public int maxLevel() {
        return maxLevel;
    }

    /** Level used when none is asked for. */
    public int defaultLevel() {
        return defaultLevel;
    }

    /** A compressor; the caller closes it. */
    public Compressor newCompressor(int level) {
        if (level < minLevel || level > maxLevel) {
            throw new IllegalArgumentException(
                    configName() + " has levels " + minLevel + " to " + maxLevel + ", not " + level);
        }
        return switch (this) {
            case NONE -> new StoredCompressor();
            case GZIP -> new GzipCompressor(level);
            case SNAPPY -> new SnappyCompressor();
            case LZ4 -> new Lz4Compressor(level);
            case ZSTD -> new ZstdCompressor(level);
        };
    }

    /** A decompressor; the caller closes it. */
    public Decompressor newDecompressor() {
        return switch (this) {
            case NONE -> new StoredDecompressor();
            case GZIP -> new GzipDecompressor();
            case SNAPPY -> new SnappyDecompressor();
            case LZ4 -> new Lz4Decompressor();
            case ZSTD -> new ZstdDecompressor();
        };
    }
}
