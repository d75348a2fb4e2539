package io.millrace.client.cluster;

import io.millrace.client.connection.Backoff;
import io.millrace.client.connection.ClientRequest;
import io.millrace.client.connection.Reply;
import io.millrace.client.error.ClientClosedException;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.ClientTimeoutException;
import io.millrace.client.error.OutcomeUnknownException;
import io.millrace.client.error.UnknownTopicException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One request with its retries, until it succeeds, fails for good, or its deadline passes. Owned by the client's loop.
 *
 * <p>What was not sent, and what a broker refused with a retriable code, is tried again. What was sent and lost is tried again only
 * when the call is a {@link Repeat#SAFE}: otherwise it may have been done, and the caller is told so.
 */
public final class Call<T> {

    /** Whether doing it twice is the same as doing it once. */
    public enum Repeat {
        SAFE,
        UNSAFE
    }

    /** Where the request goes. */
    public enum Target {
        ANY_BROKER,
        /** The broker that metadata names as controller; any other while it is not known. */
        CONTROLLER
    }

    /** Reads an answer; throws the {@link ClientException} that it stands for. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(Message answer, short version);
    }

    private final Cluster cluster;
    private final String what;
    private final Route route;
    private final Repeat repeat;
    private final ClientRequest request;
    private final Reader<T> reader;
    private final Backoff backoff;
    private final long startedNs;
    private final CompletableFuture<T> result = new CompletableFuture<>();

    private Call(Cluster cluster, String what, Route route, Repeat repeat, ClientRequest request, Reader<T> reader) {
        this.cluster = cluster;
        this.what = what;
        this.route = route;
        this.repeat = repeat;
        this.request = request;
        this.reader = reader;
        this.backoff =
                new Backoff(cluster.config().retryBackoffMs(), cluster.config().retryBackoffMaxMs());
        this.startedNs = cluster.clock().monotonicNs();
    }

    /**
     * Starts a call. From any thread; the future completes on the loop.
     *
     * @param what names the call in messages, e.g. {@code create topic orders}
     */
    public static <T> CompletableFuture<T> start(
            Cluster cluster, String what, Target target, Repeat repeat, ClientRequest request, Reader<T> reader) {
        Route route = switch (target) {
            case ANY_BROKER -> Route.anyBroker(cluster);
            case CONTROLLER -> Route.controller(cluster);
        };
        return startOn(cluster, what, route, repeat, request, reader);
    }

    /** As the other, by a route of the caller's. */
    public static <T> CompletableFuture<T> startOn(
            Cluster cluster, String what, Route route, Repeat repeat, ClientRequest request, Reader<T> reader) {
        Call<T> call = new Call<>(cluster, what, route, repeat, request, reader);
        cluster.run(what, call::attempt);
        return call.result;
    }

    /** As the other, to the broker that leads {@code partition} at each attempt. */
    public static <T> CompletableFuture<T> startAtLeader(
            Cluster cluster,
            String what,
            TopicPartition partition,
            Repeat repeat,
            ClientRequest request,
            Reader<T> reader) {
        return cluster.metadata()
                .topic(partition.topic(), 0, cluster.config().apiTimeoutMs())
                .thenCompose(topic -> topic.partition(partition.partition()) == null
                        ? CompletableFuture.failedFuture(new UnknownTopicException(
                                topic.name(),
                                "topic " + topic.name() + " has no partition " + partition.partition()
                                        + ": it has 0 to " + (topic.partitionCount() - 1)))
                        : startOn(cluster, what, Route.leaderOf(cluster, partition), repeat, request, reader));
    }

    private void attempt() {
        if (cluster.isClosed()) {
            result.completeExceptionally(new ClientClosedException(what));
            return;
        }
        route.send(request, this::replied);
    }

    private void replied(Reply reply) {
        switch (reply) {
            case Reply.Answered answered -> read(answered);
            case Reply.NotSent notSent -> retryOrFail(notSent.cause());
            case Reply.Lost lost -> {
                if (repeat == Repeat.SAFE) {
                    retryOrFail(lost.cause());
                } else {
                    result.completeExceptionally(new OutcomeUnknownException(
                            what
                                    + ": the connection was lost before the answer came, so it may or may not have been done: "
                                    + "look before trying again ("
                                    + lost.cause().getMessage() + ")",
                            lost.cause()));
                }
            }
            case Reply.SentOneWay ignored -> throw new IllegalStateException(what + " has an answer");
        }
    }

    private void read(Reply.Answered answered) {
        T value;
        try {
            value = reader.read(answered.message(), answered.version());
        } catch (ClientException e) {
            if (repeat == Repeat.UNSAFE && e.errorCode() == ErrorCode.REQUEST_TIMED_OUT) {
                result.completeExceptionally(new OutcomeUnknownException(
                        what
                                + ": the broker ran out of time, so it may or may not be done soon: look before trying again",
                        e));
            } else {
                retryOrFail(e);
            }
            return;
        } catch (RuntimeException e) {
            result.completeExceptionally(e);
            return;
        }
        result.complete(value);
    }

    private void retryOrFail(ClientException failure) {
        route.failed(failure);
        boolean again = failure.retriable() || failure instanceof OutcomeUnknownException;
        long nowNs = cluster.clock().monotonicNs();
        if (!again || bootstrapFailed(nowNs)) {
            result.completeExceptionally(failure);
            return;
        }
        long waitNs = backoff.nextNs();
        if (elapsedMs(nowNs + waitNs) >= cluster.config().apiTimeoutMs()) {
            result.completeExceptionally(new ClientTimeoutException(
                    what + " did not succeed within " + cluster.config().apiTimeoutMs() + " ms: "
                            + failure.getMessage(),
                    failure));
            return;
        }
        cluster.retry(waitNs, this::attempt);
    }

    private boolean bootstrapFailed(long nowNs) {
        return cluster.metadata().image().isEmpty()
                && elapsedMs(nowNs) >= cluster.config().bootstrapTimeoutMs()
                && cluster.nobodyReachable();
    }

    private long elapsedMs(long nowNs) {
        return TimeUnit.NANOSECONDS.toMillis(nowNs - startedNs);
    }
}
