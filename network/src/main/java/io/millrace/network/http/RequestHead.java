package io.millrace.network.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/** What a request's first lines come to. Immutable. */
sealed interface RequestHead {

    /** Names every method there is, for the Allow header and for messages. */
    String METHODS = "GET, HEAD";

    /** Fit to be routed. */
    record Target(String path, String query, HttpVersion version, boolean keepAlive) implements RequestHead {}

    /** Answered without asking a handler, and the connection ends: what follows on it cannot be trusted or is unwanted. */
    record Refused(HttpAnswer answer) implements RequestHead {}

    static RequestHead of(HttpRequest request, HttpSettings settings) {
        Throwable malformed = request.decoderResult().cause();
        if (malformed != null) {
            return malformed(malformed, settings);
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            return refused(HttpResponseStatus.METHOD_NOT_ALLOWED, "this port answers " + METHODS + " only");
        }
        HttpVersion version = request.protocolVersion();
        if (version.majorVersion() != 1) {
            return refused(HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "this port speaks HTTP/1.1");
        }
        if (version.minorVersion() > 0 && !request.headers().contains(HttpHeaderNames.HOST)) {
            return refused(HttpResponseStatus.BAD_REQUEST, "no Host header");
        }
        if (HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0) {
            return refused(HttpResponseStatus.BAD_REQUEST, "no request here takes a body");
        }
        return target(request);
    }

    private static RequestHead malformed(Throwable cause, HttpSettings settings) {
        if (cause instanceof TooLongHttpLineException) {
            return refused(
                    HttpResponseStatus.REQUEST_URI_TOO_LONG,
                    "the request line is longer than " + settings.maxUriBytes() + " bytes");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return refused(
                    HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    "the headers are longer than " + settings.maxHeaderBytes() + " bytes");
        }
        return refused(HttpResponseStatus.BAD_REQUEST, "this is not HTTP/1.1");
    }

    private static RequestHead target(HttpRequest request) {
        String uri = request.uri();
        int scheme = uri.indexOf("://");
        if (scheme > 0 && uri.charAt(0) != '/') {
            int path = uri.indexOf('/', scheme + 3); // a proxy's form names the whole address
            uri = path < 0 ? "/" : uri.substring(path);
        }
        if (uri.isEmpty() || uri.charAt(0) != '/') {
            return refused(HttpResponseStatus.BAD_REQUEST, "the path must begin with /");
        }
        int question = uri.indexOf('?');
        return new Target(
                question < 0 ? uri : uri.substring(0, question),
                question < 0 ? "" : uri.substring(question + 1),
                request.protocolVersion(),
                HttpUtil.isKeepAlive(request));
    }

    static Refused refused(HttpResponseStatus status, String why) {
        return new Refused(HttpAnswer.text(status.code(), why + "\n"));
    }
}
