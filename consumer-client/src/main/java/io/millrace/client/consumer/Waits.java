package io.millrace.client.consumer;

import io.millrace.client.error.ClientException;
import io.millrace.client.error.ClientTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** How the polling thread waits for the loop. Stateless. */
final class Waits {

    private static final Duration LONGEST_POLL = Duration.ofDays(36_500);

    private Waits() {}

    /** @throws ClientException what the future failed with, or that it took too long */
    static <T extends @Nullable Object> T await(CompletableFuture<T> future, long timeoutMs) {
        try {
            return future.get(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientTimeoutException("interrupted", e);
        } catch (TimeoutException e) {
            throw new ClientTimeoutException("no answer in time", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ClientException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    /** When this time is over; a hundred years at most, so that it does not overflow. */
    static long deadlineNs(Duration timeout) {
        return System.nanoTime() + (timeout.compareTo(LONGEST_POLL) < 0 ? timeout.toNanos() : LONGEST_POLL.toNanos());
    }
}
