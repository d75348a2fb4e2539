package io.millrace.client.connection;

import io.millrace.protocol.Message;

/**
 * A request before its version is known. Immutable.
 *
 * @param api which versions {@code body} can make
 * @param expectsReply false for a produce request with acks=0: it is answered to the caller once it was handed to the socket
 */
public record ClientRequest(ApiRange api, Body body, boolean expectsReply) {

    /** Makes the message once the connection's version is known; on the loop, at most once per request. */
    @FunctionalInterface
    public interface Body {
        Message forVersion(short version);
    }

    public static ClientRequest of(ApiRange api, Body body) {
        return new ClientRequest(api, body, true);
    }
}
