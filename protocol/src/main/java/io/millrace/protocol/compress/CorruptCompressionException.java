package io.millrace.protocol.compress;

import java.io.IOException;

/**
 * Compressed bytes that cannot be read: damaged, cut off, in a variant that Kafka's readers refuse, or larger once
 * unpacked than {@link DecompressionLimits} allow. The only exception a {@link Decompressor} throws for its input. Not
 * retriable.
 */
public final class CorruptCompressionException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean limitExceeded;

    CorruptCompressionException(String message) {
        this(message, false);
    }

    CorruptCompressionException(String message, Throwable cause) {
        super(message, cause);
        this.limitExceeded = false;
    }

    private CorruptCompressionException(String message, boolean limitExceeded) {
        super(message);
        this.limitExceeded = limitExceeded;
    }

    static CorruptCompressionException overLimit(String message) {
        return new CorruptCompressionException(message, true);
    }

    /** True when the bytes may be well formed but unpack to more than the limits allow. */
    public boolean limitExceeded() {
        return limitExceeded;
    }
}
