package io.millrace.network.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Which path is answered by whom. Built by one thread before the server starts, then not changed. */
public final class HttpRoutes {

    /** @param slow whether the handler runs on the server's worker thread instead of the loop */
    record Route(HttpHandler handler, boolean slow) {}

    private static final Pattern PATH = Pattern.compile("(/[a-z0-9_.-]+)+");

    private final Map<String, Route> routes = new LinkedHashMap<>();

    /** Adds a handler that runs on the server's loop and must not block it. */
    public HttpRoutes add(String path, HttpHandler handler) {
        return add(path, new Route(handler, false));
    }

    /** Adds a handler that may take its time: it runs on the server's one worker thread, a few wait, more are answered 503. */
    public HttpRoutes addSlow(String path, HttpHandler handler) {
        return add(path, new Route(handler, true));
    }

    private HttpRoutes add(String path, Route route) {
        if (!PATH.matcher(path).matches()) {
            throw new IllegalArgumentException("path '" + path + "' is not made of /lower-case-words");
        }
        if (routes.putIfAbsent(path, route) != null) {
            throw new IllegalArgumentException("two routes for " + path);
        }
        return this;
    }

    Map<String, Route> byPath() {
        return Map.copyOf(routes);
    }

    /** For who asked for something else; in the order of adding. */
    String list() {
        return String.join("\n", routes.keySet()) + "\n";
    }
}
