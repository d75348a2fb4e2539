package io.millrace.client.cluster;

import io.millrace.client.connection.BrokerLink;
import io.millrace.client.connection.BrokerLinks;
import io.millrace.client.connection.ClientConfig;
import io.millrace.client.connection.ClientRequest;
import io.millrace.client.connection.Reply;
import io.millrace.client.connection.ReplyListener;
import io.millrace.client.connection.ServerAddress;
import io.millrace.client.error.ClientClosedException;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.ConnectionException;
import io.millrace.network.loop.NettyEventLoop;
import io.millrace.network.loop.ShardLoops;
import io.millrace.runtime.Clock;
import io.millrace.runtime.EventLoop;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client's end of a cluster: a loop, links to its brokers, and metadata. Every method may be called from any thread unless it
 * says loop only.
 *
 * <p>Works against any broker that speaks the protocol. Producer, consumer and admin each open one of their own.
 */
public final class Cluster implements AutoCloseable {

    private static final long CLOSE_TIMEOUT_MS = 5_000;

    private final ClientConfig config;
    private final ShardLoops loops;
    private final NettyEventLoop loop;
    private final BrokerLinks links;
    private final List<BrokerLinks> moreLinks = new ArrayList<>(); // loop only
    private final ClusterMetadata metadata;
    private final Set<Runnable> retries = new LinkedHashSet<>(); // loop only: one for each call that backs off
    private int turn; // loop only: spreads requests that any broker can answer
    private volatile boolean closed;

    private Cluster(ClientConfig config) {
        this.config = config;
        this.loops = new ShardLoops(1);
        this.loop = loops.shard(0);
        this.links = new BrokerLinks(loop, config);
        this.metadata = new ClusterMetadata(this);
    }

    /** Starts the client's loop; nothing is sent before the first request. */
    public static Cluster open(ClientConfig config) {
        return new Cluster(config);
    }

    public ClientConfig config() {
        return config;
    }

    /** The loop that owns this client's state. A callback on it must not block. */
    public EventLoop loop() {
        return loop;
    }

    public Clock clock() {
        return loop.clock();
    }

    public ClusterMetadata metadata() {
        return metadata;
    }

    /** A further set of connections, for requests that hold theirs up (long polls). Loop only. */
    public BrokerLinks newLinks() {
        return newLinks(config.requestTimeoutMs());
    }

    /** As {@link #newLinks()}, with another {@code requestTimeoutMs}. Loop only. */
    public BrokerLinks newLinks(long requestTimeoutMs) {
        loop.checkOwned();
        BrokerLinks more = new BrokerLinks(
                loop, config.withTimeouts(requestTimeoutMs, config.apiTimeoutMs(), config.bootstrapTimeoutMs()));
        moreLinks.add(more);
        return more;
    }

    /** The link to a broker of the current image, null when the image has no such broker. Loop only. */
    public @Nullable BrokerLink link(int brokerId) {
        return link(links, brokerId);
    }

    /** The same within a set from {@link #newLinks()}. Loop only. */
    public @Nullable BrokerLink link(BrokerLinks within, int brokerId) {
        ServerAddress address = metadata.image().brokers().get(brokerId);
        return address == null ? null : within.link(brokerId, address);
    }

    /** Sends to one broker of the current image. Loop only. */
    public void send(int brokerId, ClientRequest request, ReplyListener listener) {
        BrokerLink link = link(brokerId);
        if (link == null) {
            loop.post(() -> listener.onReply(new Reply.NotSent(
                    new ConnectionException("broker " + brokerId + " is not in the cluster's metadata", null))));
        } else {
            link.send(request, listener);
        }
    }

    /** Sends to a broker that an answer named, whether the current image has it or not. Loop only. */
    public void send(int brokerId, ServerAddress address, ClientRequest request, ReplyListener listener) {
        links.link(brokerId, address).send(request, listener);
    }

    /** Sends to whichever broker is best reached: an open connection first, then one to open, then the bootstrap servers. Loop only. */
    public void sendToAny(ClientRequest request, ReplyListener listener) {
        loop.checkOwned();
        List<BrokerLink> candidates = candidates();
        BrokerLink choice = null;
        for (BrokerLink link : candidates) {
            if (link.canSendNow()) {
                choice = link;
                break;
            }
            if (choice == null && link.restingAfter() == null) {
                choice = link;
            }
        }
        if (choice != null) {
            choice.send(request, listener);
        } else {
            ClientException failure = candidates.getLast().restingAfter();
            loop.post(() -> listener.onReply(new Reply.NotSent(
                    failure == null ? new ConnectionException("no broker can be reached", null) : failure)));
        }
    }

    private List<BrokerLink> candidates() {
        List<BrokerLink> candidates = new ArrayList<>();
        metadata.image().brokers().forEach((id, address) -> candidates.add(links.link(id, address)));
        if (!candidates.isEmpty()) {
            Collections.rotate(candidates, turn++ % candidates.size());
        }
        int bootstrapId = -1;
        for (ServerAddress address : config.bootstrapServers()) {
            candidates.add(links.link(bootstrapId--, address));
        }
        return candidates;
    }

    /** Whether every broker that could be asked is resting after a failure. Loop only. */
    boolean nobodyReachable() {
        for (BrokerLink link : candidates()) {
            if (link.restingAfter() == null) {
                return false;
            }
        }
        return true;
    }

    /** Drops links to brokers that the image no longer has, the bootstrap links too. Loop only. */
    void imageChanged(ClusterImage image) {
        links.retain(image.brokers().keySet());
        for (BrokerLinks more : moreLinks) {
            more.retain(image.brokers().keySet());
        }
    }

    /** Runs {@code attempt} after a while, or when this client closes: it has to look at {@link #isClosed} then. Loop only. */
    void retry(long waitNs, Runnable attempt) {
        loop.checkOwned();
        if (closed) {
            attempt.run();
            return;
        }
        retries.add(attempt);
        loop.schedule(waitNs, () -> {
            if (retries.remove(attempt)) {
                attempt.run();
            }
        });
    }

    /** Runs {@code task} on the loop; throws when this client is closed. */
    public void run(String what, Runnable task) {
        if (closed) {
            throw new ClientClosedException(what);
        }
        try {
            loop.post(task);
        } catch (RejectedExecutionException e) {
            throw new ClientClosedException(what);
        }
    }

    public boolean isClosed() {
        return closed;
    }

    /**
     * Closes connections and stops the loop; what is under way fails. Idempotent.
     *
     * @throws IllegalStateException when called on the loop, which cannot wait for itself
     */
    @Override
    public void close() {
        if (loop.isOwner()) {
            throw new IllegalStateException(
                    "close() was called from a callback on the client's own thread: call it elsewhere");
        }
        if (closed) {
            return;
        }
        closed = true;
        CountDownLatch done = new CountDownLatch(1);
        loop.post(() -> {
            metadata.close();
            List<Runnable> waiting = List.copyOf(retries);
            retries.clear();
            waiting.forEach(Runnable::run);
            links.close();
            for (BrokerLinks more : moreLinks) {
                more.close();
            }
            // One turn later everything that failed has told its listener.
            loop.post(done::countDown);
        });
        try {
            if (!done.await(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the client's thread did not stop within " + CLOSE_TIMEOUT_MS + " ms");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            loops.close();
        }
    }
}
