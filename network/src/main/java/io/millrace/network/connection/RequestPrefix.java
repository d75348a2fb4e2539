package io.millrace.network.connection;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The part of a request header that all header versions share. Immutable.
 * <pre>
 *   0        2            4                8                   10
 *   | api key | api version | correlation id | client id length | client id, UTF-8 ... |
 *     int16     int16         int32            int16, -1 = null
 * </pre>
 */
record RequestPrefix(
        short apiKey,
        short apiVersion,
        int correlationId,
        @Nullable String clientId,
        int sizeBytes) {

    /** Any request has at least key, version and correlation id. */
    static final int MIN_BYTES = 8;

    private static final int CLIENT_ID_POSITION = 10;

    /**
     * Reads without moving the frame's indexes.
     *
     * @param lastClientId reused when the client id did not change, which saves a string per request
     * @return null when the bytes are no request header
     */
    static @Nullable RequestPrefix read(ByteBuf frame, @Nullable String lastClientId) {
        int start = frame.readerIndex();
        int frameBytes = frame.readableBytes();
        if (frameBytes < CLIENT_ID_POSITION) {
            return null;
        }
        int clientIdBytes = frame.getShort(start + MIN_BYTES);
        if (clientIdBytes < -1 || clientIdBytes > frameBytes - CLIENT_ID_POSITION) {
            return null;
        }
        String clientId = null;
        if (clientIdBytes >= 0) {
            clientId = sameAscii(frame, start + CLIENT_ID_POSITION, clientIdBytes, lastClientId)
                    ? lastClientId
                    : frame.toString(start + CLIENT_ID_POSITION, clientIdBytes, StandardCharsets.UTF_8);
        }
        return new RequestPrefix(
                frame.getShort(start),
                frame.getShort(start + 2),
                frame.getInt(start + 4),
                clientId,
                CLIENT_ID_POSITION + Math.max(0, clientIdBytes));
    }

    private static boolean sameAscii(ByteBuf frame, int from, int bytes, @Nullable String expected) {
        if (expected == null || expected.length() != bytes) {
            return false;
        }
        for (int i = 0; i < bytes; i++) {
            byte found = frame.getByte(from + i);
            if (found < 0 || found != expected.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
