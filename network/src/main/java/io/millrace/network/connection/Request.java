package io.millrace.network.connection;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One request as it arrived. Its fields are immutable and may be read from any thread; {@link #frame()} belongs to the handler.
 */
public final class Request {

    private final Connection connection;
    private final ByteBuf frame;
    private final short apiKey;
    private final short apiVersion;
    private final int correlationId;
    private final @Nullable String clientId;
    private final int headerBytes;
    private final int sizeBytes;
    private final long arrivedNs;

    Request(Connection connection, ByteBuf frame, RequestPrefix prefix, long arrivedNs) {
        this.connection = connection;
        this.frame = frame;
        this.apiKey = prefix.apiKey();
        this.apiVersion = prefix.apiVersion();
        this.correlationId = prefix.correlationId();
        this.clientId = prefix.clientId();
        this.headerBytes = prefix.sizeBytes();
        this.sizeBytes = frame.readableBytes();
        this.arrivedNs = arrivedNs;
    }

    public Connection connection() {
        return connection;
    }

    public short apiKey() {
        return apiKey;
    }

    public short apiVersion() {
        return apiVersion;
    }

    public int correlationId() {
        return correlationId;
    }

    public @Nullable String clientId() {
        return clientId;
    }

    /**
     * The frame without its length, {@code readerIndex} at the request header's first byte. The handler owns the one reference
     * and releases it, from any thread, also when it throws.
     */
    public ByteBuf frame() {
        return frame;
    }

    /** Header bytes up to and including the client id; tagged fields (header version 2) or the body (version 1) follow. */
    public int headerBytes() {
        return headerBytes;
    }

    /** Bytes of the frame without its length. */
    public int sizeBytes() {
        return sizeBytes;
    }

    /** When the last byte was seen, by the monotonic clock of the connection's loop. */
    public long arrivedNs() {
        return arrivedNs;
    }
}
