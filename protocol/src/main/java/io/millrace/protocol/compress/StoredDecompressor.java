package io.millrace.protocol.compress;

/** Bytes that were not compressed, so that callers need no second path. */
final class StoredDecompressor extends Decompressor {
    @Override
    void begin() {}

    @Override
    int unpack(byte[] target, int offset, int length) {
        int bytes = Math.min(length, left());
        if (bytes == 0) {
            return -1;
        }
        source().get(position(), target, offset, bytes);
        advance(bytes);
        return bytes;
    }
}
