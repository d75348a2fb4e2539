package io.millrace.protocol.compress;

/** Copies: codec 0. */
final class StoredCompressor extends Compressor {
    @Override
    public void compress(byte[] source, int offset, int length, OutputBuffer out) {
        out.write(source, offset, length);
    }
}
