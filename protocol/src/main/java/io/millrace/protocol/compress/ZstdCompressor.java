package io.millrace.protocol.compress;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;

/** Writes one zstd frame (RFC 8878) with its content size. Loads the native library. */
final class ZstdCompressor extends Compressor {
    private final ZstdCompressCtx context = new ZstdCompressCtx();

    ZstdCompressor(int level) {
        context.setLevel(level);
    }

    @Override
    public void compress(byte[] source, int offset, int length, OutputBuffer out) {
        int bound = Math.toIntExact(Zstd.compressBound(length));
        out.reserve(bound);
        int size = out.size();
        out.resize(size + context.compressByteArray(out.array(), size, bound, source, offset, length));
    }

    @Override
    public void close() {
        context.close();
    }
}
