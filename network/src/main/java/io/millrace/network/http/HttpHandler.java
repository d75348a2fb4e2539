package io.millrace.network.http;

/** Answers the requests of one route. */
@FunctionalInterface
public interface HttpHandler {

    /**
     * Called for each GET or HEAD; the body of an answer to HEAD is left out by the server. Answers {@code call} now or later;
     * one that throws has answered 500. Where it runs is said where the route is added.
     */
    void handle(HttpCall call);
}
