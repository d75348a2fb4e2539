package io.millrace.network.http;

import java.nio.charset.StandardCharsets;

/** One whole answer. Immutable; whoever gives the body's array gives it away. */
public final class HttpAnswer {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final int MIN_STATUS = 200;
    private static final int MAX_STATUS = 599;

    private final int status;
    private final String contentType;
    private final byte[] body;

    /** @param status 200 to 599 */
    public HttpAnswer(int status, String contentType, byte[] body) {
        if (status < MIN_STATUS || status > MAX_STATUS) {
            throw new IllegalArgumentException("status " + status + " is not " + MIN_STATUS + " to " + MAX_STATUS);
        }
        this.status = status;
        this.contentType = contentType;
        this.body = body;
    }

    /** Plain text in UTF-8. */
    public static HttpAnswer text(int status, String body) {
        return new HttpAnswer(status, TEXT, body.getBytes(StandardCharsets.UTF_8));
    }

    public int status() {
        return status;
    }

    public String contentType() {
        return contentType;
    }

    public int bodyBytes() {
        return body.length;
    }

    /** Not a copy: for the one who writes it to the socket. */
    byte[] body() {
        return body;
    }

    @Override
    public String toString() {
        return status + " " + contentType + " " + body.length + " bytes";
    }
}
