package io.millrace.protocol.compress;

/**
 * How much one compressed range may unpack to. Immutable.
 *
 * @param maxBytes unpacked bytes, at least 1
 * @param maxRatio unpacked bytes per compressed byte, at least 1; counted only past {@link #RATIO_FREE_BYTES}, since small
 *     batches of equal bytes are ordinary and harmless
 */
public record DecompressionLimits(long maxBytes, int maxRatio) {
    /** Unpacked bytes that are allowed at any ratio. */
    public static final long RATIO_FREE_BYTES = 1 << 20;

    /** 128 MiB and 1024 to 1: above what gzip and lz4 can reach at all, and what real batches reach with zstd. */
    public static final DecompressionLimits DEFAULT = new DecompressionLimits(128L << 20, 1024);

    /** Checks that both limits are positive. */
    public DecompressionLimits {
        if (maxBytes < 1 || maxRatio < 1) {
            throw new IllegalArgumentException(
                    "limits must be at least 1: maxBytes=" + maxBytes + ", maxRatio=" + maxRatio);
        }
    }

    /** Unpacked bytes allowed for an input of this many compressed bytes. */
    long allowedBytes(int compressedBytes) {
        return Math.min(maxBytes, Math.max(RATIO_FREE_BYTES, (long) compressedBytes * maxRatio));
    }
}
