package io.millrace.client.producer;

import io.millrace.client.cluster.Call;
import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.ClusterImage;
import io.millrace.client.cluster.PartitionImage;
import io.millrace.client.connection.Reply;
import io.millrace.client.error.ClientException;
import io.millrace.runtime.Timer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Takes ready batches to their leaders: at most {@code maxInFlightRequests} requests per broker, each with at most one batch of a
 * partition. Owned by the client's loop; {@link #signal} is for everybody.
 *
 * <p>Runs when somebody signals, when an answer or new metadata comes, and by a timer for linger, backoff and delivery timeouts. Looks at
 * partitions that have work only.
 */
final class Sender {

    private static final long LONGEST_SLEEP_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long SHORTEST_SLEEP_NS = TimeUnit.MICROSECONDS.toNanos(200);

    private final Cluster cluster;
    private final ProducerConfig config;
    private final BufferBudget budget;
    private final BatchPool pool;
    private final ConcurrentLinkedQueue<PartitionSender> signals = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Set<PartitionSender> active = new LinkedHashSet<>();
    private final Map<ProducerBatch, PartitionSender> onTheirWay = new HashMap<>();
    private final Map<Integer, Integer> unanswered = new HashMap<>();
    private @Nullable ProducerIdentity identity;
    private boolean askingIdentity;
    private boolean closed;
    private int turn;
    private @Nullable Timer timer;

    Sender(Cluster cluster, ProducerConfig config, BufferBudget budget, BatchPool pool) {
        this.cluster = cluster;
        this.config = config;
        this.budget = budget;
        this.pool = pool;
    }

    /** Starts listening for metadata. Loop only, once. */
    void start() {
        cluster.metadata().createMissingTopics();
        cluster.metadata().onImage(this::pump);
    }

    /** Has the loop look at this partition. From any thread. */
    void signal(PartitionSender partition) {
        signals.add(partition);
        if (woken.compareAndSet(false, true)) {
            cluster.run("send records", () -> {
                woken.set(false);
                pump();
            });
        }
    }

    /** Completes when every batch that exists now is done, delivered or not. From any thread. */
    CompletableFuture<Void> flush(Iterable<PartitionSender> partitions) {
        CompletableFuture<Void> flushed = new CompletableFuture<>();
        cluster.run("flush", () -> {
            List<ProducerBatch> unfinished = new ArrayList<>();
            for (PartitionSender partition : partitions) {
                partition.flush(unfinished);
            }
            CompletableFuture<?>[] all =
                    unfinished.stream().map(ProducerBatch::done).toArray(CompletableFuture[]::new);
            CompletableFuture<Void> ignored = CompletableFuture.allOf(all).thenRun(() -> flushed.complete(null));
            pump();
        });
        return flushed;
    }

    private void pump() {
        if (closed) {
            return;
        }
        PartitionSender signalled;
        while ((signalled = signals.poll()) != null) {
            active.add(signalled);
        }
        long nowNs = cluster.clock().monotonicNs();
        expire(nowNs);
        active.removeIf(partition -> !partition.hasWork());
        if (active.isEmpty()) {
            return;
        }
        if (identities()) {
            byLeader().forEach((leader, partitions) -> sendTo(leader, partitions, nowNs));
        }
        sleep(nowNs);
    }

    private void expire(long nowNs) {
        List<ProducerBatch> finished = new ArrayList<>();
        for (PartitionSender partition : active) {
            if (partition.expire(nowNs, finished) == PartitionSender.Aftermath.NEW_PRODUCER_ID) {
                identity = null;
            }
        }
        finish(finished);
    }

    /** Whether partitions may send: gives them the producer id, or asks for one. */
    private boolean identities() {
        if (!config.idempotent()) {
            return true;
        }
        ProducerIdentity known = identity;
        if (known == null) {
            askIdentity();
            return false;
        }
        for (PartitionSender partition : active) {
            if (partition.needsIdentity()) {
                partition.identity(known);
            }
        }
        return true;
    }

    private void askIdentity() {
        if (askingIdentity) {
            return;
        }
        askingIdentity = true;
        CompletableFuture<ProducerIdentity> ignored = Call.start(
                        cluster,
                        "get a producer id",
                        Call.Target.ANY_BROKER,
                        Call.Repeat.SAFE,
                        ProducerIdRequests.request(),
                        (answer, version) -> ProducerIdRequests.read(answer))
                .whenComplete((newIdentity, failure) -> {
                    askingIdentity = false;
                    if (newIdentity != null) {
                        identity = newIdentity;
                    } else if (failure instanceof ClientException cause && !cause.retriable()) {
                        failWaiting(cause);
                    }
                    pump();
                });
    }

    private void failWaiting(ClientException cause) {
        List<ProducerBatch> finished = new ArrayList<>();
        for (PartitionSender partition : active) {
            if (partition.needsIdentity()) {
                partition.failWaiting(cause, finished);
            }
        }
        finish(finished);
    }

    private Map<Integer, List<PartitionSender>> byLeader() {
        ClusterImage image = cluster.metadata().image();
        Map<Integer, List<PartitionSender>> byLeader = new LinkedHashMap<>();
        boolean leaderless = false;
        for (PartitionSender partition : active) {
            PartitionImage at = image.partition(partition.partition());
            if (at == null || !at.hasLeader() || !image.brokers().containsKey(at.leaderId())) {
                leaderless = true;
            } else {
                byLeader.computeIfAbsent(at.leaderId(), id -> new ArrayList<>()).add(partition);
            }
        }
        if (leaderless) {
            cluster.metadata().refresh();
        }
        return byLeader;
    }

    private void sendTo(int leader, List<PartitionSender> partitions, long nowNs) {
        // Another partition begins each time, so that none is left out when requests are full.
        Collections.rotate(partitions, turn++ % partitions.size());
        while (unanswered.getOrDefault(leader, 0) < config.client().maxInFlightRequests()) {
            ProduceExchange exchange =
                    new ProduceExchange(config, cluster.metadata().image());
            for (PartitionSender partition : partitions) {
                int bytes = partition.readyBytes(leader, nowNs);
                if (bytes >= 0 && exchange.hasRoom(bytes)) {
                    ProducerBatch batch = partition.takeReady(leader, nowNs);
                    if (batch != null) {
                        exchange.add(batch);
                        onTheirWay.put(batch, partition);
                    }
                }
            }
            if (exchange.isEmpty()) {
                return;
            }
            unanswered.merge(leader, 1, Integer::sum);
            cluster.send(leader, exchange.request(), reply -> answered(leader, exchange, reply));
        }
    }

    private void answered(int leader, ProduceExchange exchange, Reply reply) {
        unanswered.merge(leader, -1, (count, change) -> count + change == 0 ? null : count + change);
        if (closed) {
            return;
        }
        long nowNs = cluster.clock().monotonicNs();
        List<ProducerBatch> finished = new ArrayList<>();
        exchange.outcomes(reply).forEach((batch, outcome) -> {
            PartitionSender partition = onTheirWay.remove(batch);
            if (partition != null) {
                switch (partition.settle(batch, outcome, nowNs, finished)) {
                    case NOTHING -> {}
                    case REFRESH_METADATA -> cluster.metadata().refresh();
                    case NEW_PRODUCER_ID -> identity = null;
                }
            }
        });
        finish(finished);
        pump();
    }

    private void finish(List<ProducerBatch> finished) {
        for (ProducerBatch batch : finished) {
            budget.release(batch.heldBytes());
            batch.recycle(pool);
        }
    }

    private void sleep(long nowNs) {
        if (timer != null) {
            timer.cancel();
        }
        long untilNs =
                nowNs + Math.min(LONGEST_SLEEP_NS, TimeUnit.MILLISECONDS.toNanos(config.deliveryTimeoutMs()) / 4);
        for (PartitionSender partition : active) {
            long next = partition.nextEventNs(nowNs);
            if (next != Long.MAX_VALUE && next - untilNs < 0) {
                untilNs = next;
            }
        }
        timer = cluster.loop().schedule(Math.max(SHORTEST_SLEEP_NS, untilNs - nowNs), this::pump);
    }

    /** Fails everything that is left. Loop only. */
    void close(Iterable<PartitionSender> partitions, ClientException cause) {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
        for (PartitionSender partition : partitions) {
            partition.close(cause);
        }
    }
}
