package io.millrace.tools;

import io.millrace.client.error.ClientException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Waits for what a client does, and fails with the client's own words. */
final class Outcome {

    private Outcome() {}

    static <T> T of(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof ClientException cause ? cause : e;
        }
    }
}
