package io.millrace.tools.shell;

import io.millrace.client.error.ClientException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Waits for what a client does, and fails with the client's own words. */
public final class Outcome {

    private Outcome() {}

    public static <T> T of(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof ClientException cause ? cause : e;
        }
    }
}
