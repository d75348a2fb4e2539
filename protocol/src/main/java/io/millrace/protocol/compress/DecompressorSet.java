package io.millrace.protocol.compress;

import java.util.EnumMap;
import java.util.Map;

/**
 * At most one decompressor per codec, made when first asked for, so that native libraries load only when used. One owner;
 * after {@link #close} it makes new ones.
 */
public final class DecompressorSet implements AutoCloseable {
    private final Map<Codec, Decompressor> byCodec = new EnumMap<>(Codec.class);

    /** The decompressor of a codec, not started. Stays this set's; do not close it. */
    public Decompressor of(Codec codec) {
        Decompressor decompressor = byCodec.get(codec);
        if (decompressor == null) {
            decompressor = codec.newDecompressor();
            byCodec.put(codec, decompressor);
        }
        return decompressor;
    }

    @Override
    public void close() {
        byCodec.values().forEach(Decompressor::close);
        byCodec.clear();
    }
}
