package io.millrace.protocol.compress;

/**
 * Compresses batches, one frame each. One owner, reusable; closing frees native memory where the format has any.
 *
 * <p>It takes a whole batch instead of a stream: the builder has the bytes anyway, the size is then known to the codec
 * (zstd writes a smaller window for it), and nothing native is held between batches.
 */
public abstract sealed class Compressor implements AutoCloseable
        permits GzipCompressor, Lz4Compressor, SnappyCompressor, StoredCompressor, ZstdCompressor {
    Compressor() {}

    /** Appends the compressed form of a range to the output. */
    public abstract void compress(byte[] source, int offset, int length, OutputBuffer out);

    /** Frees native memory; the compressor cannot be used afterwards. */
    @Override
    public void close() {}
}
