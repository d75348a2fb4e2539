package io.millrace.client.cluster;

import io.millrace.client.connection.ApiRange;
import io.millrace.client.connection.Backoff;
import io.millrace.client.connection.ClientRequest;
import io.millrace.client.connection.Reply;
import io.millrace.client.error.ClientClosedException;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.ClientTimeoutException;
import io.millrace.client.error.RefusedException;
import io.millrace.client.error.UnknownTopicException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.MetadataRequest;
import io.millrace.protocol.message.MetadataResponse;
import io.millrace.runtime.Timer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The topics a client uses, who leads them, and where brokers are. Owned by the client's loop; {@link #image()} is published for
 * everybody.
 *
 * <p>Asked for again when somebody saw an error that stale metadata explains ({@link #refresh}), when a topic is used for the first
 * time, and at the latest after {@code metadataMaxAgeMs}; one request at a time, with backoff between attempts that changed
 * nothing.
 */
public final class ClusterMetadata {

    /** Topics one client may use; beyond it a new one is refused. */
    static final int MAX_TOPICS = 10_000;

    static final ApiRange METADATA = ApiRange.of(ApiKey.METADATA, 1, 13);

    private static final short FIRST_VERSION_WITH_AUTO_CREATE_FLAG = 4;

    /**
     * @param patienceNs how long UNKNOWN_TOPIC_OR_PARTITION is not believed, counted from {@code sinceNs}
     */
    private record TopicWait(
            String topic, long sinceNs, long patienceNs, long deadlineNs, CompletableFuture<TopicImage> future) {}

    private final Cluster cluster;
    private final Set<String> topics = new TreeSet<>();
    private final List<TopicWait> waits = new ArrayList<>();
    private final List<Runnable> listeners = new ArrayList<>();
    private final Backoff backoff;
    private final long createdNs;
    private boolean autoCreate;
    private boolean asking;
    private boolean wanted;
    private boolean closed;
    private long nextAskNs;
    private @Nullable Timer timer;
    private @Nullable Timer ageTimer;
    private @Nullable ClientException lastFailure;
    private volatile ClusterImage image = ClusterImage.EMPTY;

    ClusterMetadata(Cluster cluster) {
        this.cluster = cluster;
        this.backoff =
                new Backoff(cluster.config().retryBackoffMs(), cluster.config().retryBackoffMaxMs());
        this.createdNs = cluster.clock().monotonicNs();
        this.nextAskNs = createdNs;
    }

    /** The newest answer. From any thread. */
    public ClusterImage image() {
        return image;
    }

    /** Lets brokers create topics that are asked for, when their configuration allows it. Loop only, before the first topic. */
    public void createMissingTopics() {
        autoCreate = true;
    }

    /** Runs {@code listener} on the loop after each new image. Loop only. */
    public void onImage(Runnable listener) {
        listeners.add(listener);
    }

    /** The last failure to get metadata, null after a success. Loop only. */
    public @Nullable ClientException lastFailure() {
        return lastFailure;
    }

    /**
     * The image of a topic, asked for when it is not known. From any thread; the future completes on the loop.
     *
     * @param patienceMs how long "unknown topic" is not believed; 0 fails at the first such answer
     * @param timeoutMs how long to wait at all
     */
    public CompletableFuture<TopicImage> topic(String name, long patienceMs, long timeoutMs) {
        CompletableFuture<TopicImage> future = new CompletableFuture<>();
        TopicImage known = image.topic(name);
        if (known != null) {
            future.complete(known);
            return future;
        }
        cluster.run("look up topic " + name, () -> {
            if (closed) {
                future.completeExceptionally(new ClientClosedException("look up topic " + name));
                return;
            }
            long nowNs = cluster.clock().monotonicNs();
            TopicWait wait = new TopicWait(
                    name,
                    nowNs,
                    TimeUnit.MILLISECONDS.toNanos(patienceMs),
                    nowNs + TimeUnit.MILLISECONDS.toNanos(timeoutMs),
                    future);
            if (!track(name)) {
                future.completeExceptionally(RefusedException.of(
                        "use topic " + name,
                        ErrorCode.INVALID_REQUEST,
                        "this client uses " + MAX_TOPICS + " topics already; open another client"));
                return;
            }
            waits.add(wait);
            Timer ignored = cluster.loop().schedule(TimeUnit.MILLISECONDS.toNanos(timeoutMs), this::settleWaits);
            refresh();
        });
        return future;
    }

    /** Keeps this topic in the image from now on; false at the bound. Loop only. */
    public boolean track(String name) {
        cluster.loop().checkOwned();
        return topics.contains(name) || (topics.size() < MAX_TOPICS && topics.add(name));
    }

    /** Asks again, soon: now, or when the backoff allows. Loop only. */
    public void refresh() {
        cluster.loop().checkOwned();
        wanted = true;
        askWhenAllowed();
    }

    private void askWhenAllowed() {
        if (closed || asking || !wanted) {
            return;
        }
        long waitNs = nextAskNs - cluster.clock().monotonicNs();
        if (waitNs > 0) {
            if (timer == null) {
                timer = cluster.loop().schedule(waitNs, () -> {
                    timer = null;
                    askWhenAllowed();
                });
            }
            return;
        }
        ask();
    }

    private void ask() {
        asking = true;
        wanted = false;
        Set<String> asked = Set.copyOf(topics);
        cluster.sendToAny(
                ClientRequest.of(METADATA, version -> {
                    List<MetadataRequest.MetadataRequestTopic> names = new ArrayList<>(asked.size());
                    for (String name : asked) {
                        names.add(new MetadataRequest.MetadataRequestTopic().name(name));
                    }
                    // Before version 4 there is no flag, and brokers act as if it were set.
                    return new MetadataRequest()
                            .topics(names)
                            .allowAutoTopicCreation(version < FIRST_VERSION_WITH_AUTO_CREATE_FLAG || autoCreate);
                }),
                this::answered);
    }

    private void answered(Reply reply) {
        asking = false;
        if (closed) {
            return;
        }
        switch (reply) {
            case Reply.Answered answered
            when answered.message() instanceof MetadataResponse response -> accept(ClusterImage.of(response));
            case Reply.NotSent notSent -> failed(notSent.cause());
            case Reply.Lost lost -> failed(lost.cause());
            case Reply.Answered ignored -> throw new IllegalStateException("no metadata answer: " + reply);
            case Reply.SentOneWay ignored -> throw new IllegalStateException("a metadata request has an answer");
        }
        settleWaits();
        askWhenAllowed();
    }

    private void accept(ClusterImage answer) {
        boolean news = !answer.equals(image);
        lastFailure = null;
        if (!answer.brokers().isEmpty()) {
            image = answer;
            cluster.imageChanged(answer);
        }
        if (news) {
            backoff.reset();
        }
        nextAskNs = cluster.clock().monotonicNs() + backoff.nextNs();
        if (ageTimer != null) {
            ageTimer.cancel();
        }
        ageTimer = cluster.loop()
                .schedule(TimeUnit.MILLISECONDS.toNanos(cluster.config().metadataMaxAgeMs()), this::refresh);
        for (Runnable listener : List.copyOf(listeners)) {
            listener.run();
        }
    }

    private void failed(ClientException cause) {
        lastFailure = cause;
        wanted = true;
        // With several servers to try, the next one is asked at once; the links' own backoff bounds the pace.
        nextAskNs = cluster.nobodyReachable() ? cluster.clock().monotonicNs() + backoff.nextNs() : nextAskNs;
    }

    private void settleWaits() {
        long nowNs = cluster.clock().monotonicNs();
        List<Runnable> completions = new ArrayList<>();
        for (Iterator<TopicWait> each = waits.iterator(); each.hasNext(); ) {
            TopicWait wait = each.next();
            TopicImage topic = image.topic(wait.topic());
            ClientException failure = topic == null ? failureOf(wait, nowNs) : null;
            if (topic != null) {
                each.remove();
                completions.add(() -> wait.future().complete(topic));
            } else if (failure != null) {
                each.remove();
                topics.remove(wait.topic());
                completions.add(() -> wait.future().completeExceptionally(failure));
            } else {
                wanted = true;
            }
        }
        for (Runnable completion : completions) {
            completion.run();
        }
    }

    private @Nullable ClientException failureOf(TopicWait wait, long nowNs) {
        ErrorCode error = image.topicErrors().get(wait.topic());
        String what = "topic " + wait.topic();
        if (error != null && !error.retriable()) {
            return RefusedException.of(what, error, null);
        }
        if (error == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION && nowNs - wait.sinceNs() >= wait.patienceNs()) {
            return new UnknownTopicException(wait.topic(), "there is no topic '" + wait.topic() + "'");
        }
        ClientException cause = lastFailure;
        if (cause != null
                && !cause.retriable()
                && !(cause instanceof io.millrace.client.error.OutcomeUnknownException)) {
            return cause;
        }
        boolean neverReached = image.isEmpty();
        long bootstrapNs = TimeUnit.MILLISECONDS.toNanos(cluster.config().bootstrapTimeoutMs());
        if (neverReached && cause != null && nowNs - createdNs >= bootstrapNs && cluster.nobodyReachable()) {
            return cause;
        }
        if (nowNs < wait.deadlineNs()) {
            return null;
        }
        if (neverReached && cause != null) {
            return cause;
        }
        String why = error == null ? (cause == null ? "no answer" : cause.getMessage()) : error.message();
        return new ClientTimeoutException(
                what + " was not usable within " + TimeUnit.NANOSECONDS.toMillis(wait.deadlineNs() - wait.sinceNs())
                        + " ms: " + why,
                cause);
    }

    /** Fails what waits. Loop only. */
    void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
        if (ageTimer != null) {
            ageTimer.cancel();
        }
        for (TopicWait wait : List.copyOf(waits)) {
            wait.future().completeExceptionally(new ClientClosedException("look up topic " + wait.topic()));
        }
        waits.clear();
    }
}
