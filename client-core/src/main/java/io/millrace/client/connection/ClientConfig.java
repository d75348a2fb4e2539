package io.millrace.client.connection;

import java.util.List;

/**
 * What every client needs to know. Immutable.
 *
 * @param bootstrapServers first contacts ({@code bootstrap.servers}); at least one
 * @param clientId named in every request, for the broker's logs and quotas ({@code client.id})
 * @param connectTimeoutMs per address ({@code socket.connection.setup.timeout.ms})
 * @param requestTimeoutMs how long an answer may take before the connection is given up ({@code request.timeout.ms})
 * @param apiTimeoutMs how long a call with all its retries may take ({@code default.api.timeout.ms})
 * @param bootstrapTimeoutMs how long the first contact is tried; 0 fails after one round over all bootstrap servers
 * @param retryBackoffMs wait before the first retry ({@code retry.backoff.ms}); doubled for each further one
 * @param retryBackoffMaxMs longest such wait ({@code retry.backoff.max.ms})
 * @param metadataMaxAgeMs metadata is asked for again after this time at the latest ({@code metadata.max.age.ms})
 * @param maxInFlightRequests unanswered requests per connection, 1 to 5 ({@code max.in.flight.requests.per.connection}): an
 *     idempotent producer's duplicates are found only among its last five batches
 */
public record ClientConfig(
        List<ServerAddress> bootstrapServers,
        String clientId,
        long connectTimeoutMs,
        long requestTimeoutMs,
        long apiTimeoutMs,
        long bootstrapTimeoutMs,
        long retryBackoffMs,
        long retryBackoffMaxMs,
        long metadataMaxAgeMs,
        int maxInFlightRequests) {

    private static final int MAX_IN_FLIGHT = 5;

    public ClientConfig {
        bootstrapServers = List.copyOf(bootstrapServers);
        if (bootstrapServers.isEmpty()) {
            throw new IllegalArgumentException("no bootstrap server: give at least one, e.g. localhost:9092");
        }
        positive("connectTimeoutMs", connectTimeoutMs);
        positive("requestTimeoutMs", requestTimeoutMs);
        positive("apiTimeoutMs", apiTimeoutMs);
        positive("retryBackoffMs", retryBackoffMs);
        positive("metadataMaxAgeMs", metadataMaxAgeMs);
        if (bootstrapTimeoutMs < 0) {
            throw new IllegalArgumentException("bootstrapTimeoutMs=" + bootstrapTimeoutMs + " must not be negative");
        }
        if (retryBackoffMaxMs < retryBackoffMs) {
            throw new IllegalArgumentException(
                    "retryBackoffMaxMs=" + retryBackoffMaxMs + " is below retryBackoffMs=" + retryBackoffMs);
        }
        if (maxInFlightRequests < 1 || maxInFlightRequests > MAX_IN_FLIGHT) {
            throw new IllegalArgumentException(
                    "maxInFlightRequests=" + maxInFlightRequests + " must be 1 to " + MAX_IN_FLIGHT);
        }
    }

    private static void positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + "=" + value + " must be at least 1");
        }
    }

    /** Defaults with these servers, e.g. {@code localhost:9092} or {@code a:9092,b:9092}. */
    public static ClientConfig of(String bootstrapServers) {
        return new ClientConfig(
                ServerAddress.parseList(bootstrapServers),
                "millrace-client",
                10_000,
                30_000,
                60_000,
                30_000,
                100,
                1_000,
                300_000,
                MAX_IN_FLIGHT);
    }

    public ClientConfig withClientId(String id) {
        return new ClientConfig(
                bootstrapServers,
                id,
                connectTimeoutMs,
                requestTimeoutMs,
                apiTimeoutMs,
                bootstrapTimeoutMs,
                retryBackoffMs,
                retryBackoffMaxMs,
                metadataMaxAgeMs,
                maxInFlightRequests);
    }

    public ClientConfig withTimeouts(long requestMs, long apiMs, long bootstrapMs) {
        return new ClientConfig(
                bootstrapServers,
                clientId,
                connectTimeoutMs,
                requestMs,
                apiMs,
                bootstrapMs,
                retryBackoffMs,
                retryBackoffMaxMs,
                metadataMaxAgeMs,
                maxInFlightRequests);
    }

    public ClientConfig withRetryBackoffMs(long firstMs, long maxMs) {
        return new ClientConfig(
                bootstrapServers,
                clientId,
                connectTimeoutMs,
                requestTimeoutMs,
                apiTimeoutMs,
                bootstrapTimeoutMs,
                firstMs,
                maxMs,
                metadataMaxAgeMs,
                maxInFlightRequests);
    }

    public ClientConfig withMetadataMaxAgeMs(long ageMs) {
        return new ClientConfig(
                bootstrapServers,
                clientId,
                connectTimeoutMs,
                requestTimeoutMs,
                apiTimeoutMs,
                bootstrapTimeoutMs,
                retryBackoffMs,
                retryBackoffMaxMs,
                ageMs,
                maxInFlightRequests);
    }

    public ClientConfig withMaxInFlightRequests(int count) {
        return new ClientConfig(
                bootstrapServers,
                clientId,
                connectTimeoutMs,
                requestTimeoutMs,
                apiTimeoutMs,
                bootstrapTimeoutMs,
                retryBackoffMs,
                retryBackoffMaxMs,
                metadataMaxAgeMs,
                count);
    }
}
