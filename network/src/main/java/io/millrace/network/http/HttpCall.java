package io.millrace.network.http;

/** One request to a route, waiting for its answer. Thread-safe. */
public interface HttpCall {

    /** As asked for: no query, not decoded. */
    String path();

    /** What follows the question mark, not decoded; empty when there is none. */
    String query();

    /**
     * Answers, from any thread. An answer that comes after the request timeout, or after the client left, is dropped.
     *
     * @throws IllegalStateException when this call was answered before
     */
    void answer(HttpAnswer answer);
}
