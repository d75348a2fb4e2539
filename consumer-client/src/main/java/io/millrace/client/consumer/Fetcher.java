package io.millrace.client.consumer;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.ClusterImage;
import io.millrace.client.cluster.PartitionImage;
import io.millrace.client.cluster.TopicImage;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.BrokerLink;
import io.millrace.client.connection.BrokerLinks;
import io.millrace.client.connection.Reply;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.ConnectionException;
import io.millrace.client.error.RefusedException;
import io.millrace.protocol.BufferRecords;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.FetchResponse;
import io.millrace.protocol.record.RecordBatchScanner;
import io.millrace.runtime.Timer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps fetched batches ready: one fetch in flight per leader, for every partition of it that has less than two answers' worth waiting.
 * Owned by the client's loop.
 *
 * <p>A fetch is held by the broker until there is data. While a partition is left out because the application is behind, the others are
 * asked with a short wait, so that the left-out one is not held up by their silence once the application has caught up.
 */
final class Fetcher {

    private static final int SHORT_WAIT_MS = 10;
    private static final long LONGEST_SLEEP_NS = TimeUnit.SECONDS.toNanos(1);

    private final Cluster cluster;
    private final ConsumerConfig config;
    private final BlockingQueue<FetchEvent> events;
    private final Map<TopicPartition, FetchState> partitions = new LinkedHashMap<>();
    private final Set<Integer> busyBrokers = new HashSet<>();
    private final RecordBatchScanner scanner = new RecordBatchScanner();
    private @Nullable BrokerLinks links;
    private long bufferedBytes;
    /** What the polling thread has not released yet, also of partitions that are not fetched any more. */
    private final Map<TopicPartition, Long> bufferedOf = new HashMap<>();

    private long reservedBytes;
    private int turn;
    private int pumps;
    private boolean closed;
    private @Nullable Timer timer;

    Fetcher(Cluster cluster, ConsumerConfig config, BlockingQueue<FetchEvent> events) {
        this.cluster = cluster;
        this.config = config;
        this.events = events;
    }

    /** Starts listening for metadata. Once. */
    void start() {
        links = cluster.newLinks();
        cluster.metadata().onImage(this::pump);
    }

    /** Fetches these from now on and no others; new ones wait for their first seek. */
    void assign(Collection<TopicPartition> assigned) {
        partitions.keySet().retainAll(assigned);
        for (TopicPartition partition : assigned) {
            cluster.metadata().track(partition.topic());
            partitions.computeIfAbsent(partition, name -> new FetchState(name, config.client()));
        }
        pump();
    }

    /** Fetches a partition from an offset on. */
    void seek(TopicPartition partition, int generation, long offset) {
        FetchState state = partitions.get(partition);
        if (state != null) {
            state.seek(generation, offset);
            pump();
        }
    }

    /** The polling thread has released this many bytes of a partition. */
    void consumed(TopicPartition partition, long bytes) {
        buffered(partition, -bytes);
        pump();
    }

    private void buffered(TopicPartition partition, long bytes) {
        bufferedBytes += bytes;
        bufferedOf.merge(partition, bytes, (before, change) -> before + change == 0 ? null : before + change);
    }

    private void pump() {
        BrokerLinks within = links;
        if (closed || within == null) {
            return;
        }
        long nowNs = cluster.clock().monotonicNs();
        ClusterImage image = cluster.metadata().image();
        Map<Integer, List<FetchState>> byLeader = new HashMap<>();
        boolean leaderless = false;
        for (FetchState state : partitions.values()) {
            if (state.isHalted()) {
                continue;
            }
            PartitionImage at = image.partition(state.partition());
            if (at == null || !at.hasLeader() || !image.brokers().containsKey(at.leaderId())) {
                leaderless = true;
                if (state.mayTry(nowNs)) {
                    fail(
                            state,
                            state.generation(),
                            RefusedException.of("read " + state.partition(), ErrorCode.LEADER_NOT_AVAILABLE, null),
                            nowNs);
                }
            } else if (isOfFormerTopic(state, image)) {
                state.halt();
                events.add(new FetchEvent.CreatedAgain(state.partition(), state.generation(), state.fetchOffset()));
            } else {
                byLeader.computeIfAbsent(at.leaderId(), id -> new ArrayList<>()).add(state);
            }
        }
        if (leaderless) {
            cluster.metadata().refresh();
        }
        // Another leader is first each time, and none reserves more than its share: else one that has nothing to say
        // and holds its
        // answer back could keep all room from the others.
        List<Integer> leaders = new ArrayList<>(byLeader.keySet());
        Collections.rotate(leaders, leaders.isEmpty() ? 0 : Math.floorMod(pumps++, leaders.size()));
        long shareBytes = Math.max(1, config.prefetchBytes() / Math.max(1, leaders.size()));
        for (int leader : leaders) {
            fetchFrom(within, leader, byLeader.getOrDefault(leader, List.of()), shareBytes, nowNs);
        }
        sleep(nowNs);
    }

    private static boolean isOfFormerTopic(FetchState state, ClusterImage image) {
        TopicImage topic = image.topic(state.partition().topic());
        return topic != null && state.isOfFormerTopic(topic.id());
    }

    private void fetchFrom(BrokerLinks within, int leader, List<FetchState> led, long shareBytes, long nowNs) {
        if (busyBrokers.contains(leader)) {
            return;
        }
        List<FetchState> ready = new ArrayList<>();
        boolean leftOut = false;
        for (FetchState state : led) {
            if (bufferedOf.getOrDefault(state.partition(), 0L) >= 2L * config.partitionMaxBytes()) {
                leftOut = true;
            } else if (state.mayTry(nowNs)) {
                ready.add(state);
            } else {
                leftOut = true;
            }
        }
        long room = config.prefetchBytes() - bufferedBytes - reservedBytes;
        BrokerLink link = cluster.link(within, leader);
        if (ready.isEmpty() || room <= 0 || link == null) {
            return;
        }
        // The broker fills an answer in the order of the request: begin with another partition each time.
        Collections.rotate(ready, Math.floorMod(turn++, ready.size()));
        int maxBytes = (int) Math.min(config.fetchMaxBytes(), Math.min(room, shareBytes));
        FetchExchange exchange = new FetchExchange(
                config,
                cluster.metadata().image(),
                ready,
                leftOut ? Math.min(SHORT_WAIT_MS, config.fetchMaxWaitMs()) : config.fetchMaxWaitMs(),
                maxBytes);
        for (FetchState state : ready) {
            state.inFlight(true);
        }
        busyBrokers.add(leader);
        reservedBytes += maxBytes;
        link.send(exchange.request(), reply -> answered(leader, exchange, reply));
    }

    private void answered(int leader, FetchExchange exchange, Reply reply) {
        busyBrokers.remove(leader);
        reservedBytes -= exchange.maxBytes();
        for (FetchExchange.Asked each : exchange.asked()) {
            each.state().inFlight(false);
        }
        long nowNs = cluster.clock().monotonicNs();
        switch (reply) {
            case Reply.Answered answered
            when answered.message() instanceof FetchResponse response -> {
                ErrorCode error = ErrorCode.of(response.errorCode());
                if (error == ErrorCode.NONE) {
                    read(exchange, response, nowNs);
                } else {
                    response.release();
                    failAll(exchange, RefusedException.of("fetch", error, null), nowNs);
                }
            }
            case Reply.NotSent notSent -> failAll(exchange, notSent.cause(), nowNs);
            case Reply.Lost lost ->
                failAll(
                        exchange,
                        new ConnectionException(String.valueOf(lost.cause().getMessage()), lost.cause()),
                        nowNs);
            case Reply.Answered ignored -> throw new IllegalStateException("no fetch answer");
            case Reply.SentOneWay ignored -> throw new IllegalStateException("a fetch has an answer");
        }
        pump();
    }

    private void failAll(FetchExchange exchange, ClientException cause, long nowNs) {
        for (FetchExchange.Asked each : exchange.asked()) {
            fail(each.state(), each.generation(), cause, nowNs);
        }
        if (!closed) {
            cluster.metadata().refresh();
        }
    }

    private void read(FetchExchange exchange, FetchResponse response, long nowNs) {
        boolean refresh = false;
        for (FetchResponse.FetchableTopicResponse topic : response.responses()) {
            for (FetchResponse.PartitionData answer : topic.partitions()) {
                FetchExchange.Asked asked = exchange.askedOf(topic, answer.partitionIndex());
                BufferRecords records = answer.records() instanceof BufferRecords buffer ? buffer : null;
                boolean current = asked != null
                        && !closed
                        && partitions.get(asked.state().partition()) == asked.state()
                        && asked.state().generation() == asked.generation();
                if (!current || asked == null) {
                    release(records);
                    continue;
                }
                ErrorCode error = ErrorCode.of(answer.errorCode());
                if (error == ErrorCode.NONE) {
                    asked.state().succeeded();
                    accept(asked, records, nowNs);
                } else {
                    release(records);
                    refresh |= refused(asked, answer, error, nowNs);
                }
            }
        }
        if (refresh) {
            cluster.metadata().refresh();
        }
    }

    private static void release(@Nullable BufferRecords records) {
        if (records != null) {
            records.release();
        }
    }

    private void accept(FetchExchange.Asked asked, @Nullable BufferRecords records, long nowNs) {
        if (records == null || records.sizeBytes() == 0) {
            release(records);
            return;
        }
        long nextOffset = -1;
        scanner.reset(records.nioBuffer(), 0, records.sizeBytes());
        while (scanner.next()) {
            nextOffset = scanner.batch().nextOffset();
        }
        FetchState state = asked.state();
        if (nextOffset <= asked.offset()) {
            int bytes = records.sizeBytes();
            records.release();
            fail(
                    state,
                    asked.generation(),
                    RefusedException.of(
                            "read " + state.partition() + " from offset " + asked.offset(),
                            ErrorCode.CORRUPT_MESSAGE,
                            "the " + bytes + " bytes that the broker sent hold no whole batch at or after that offset"),
                    nowNs);
            return;
        }
        state.fetched(nextOffset);
        buffered(state.partition(), records.sizeBytes());
        events.add(new FetchEvent.Fetched(state.partition(), asked.generation(), records));
    }

    /** Whether metadata should be asked for again. */
    private boolean refused(
            FetchExchange.Asked asked, FetchResponse.PartitionData answer, ErrorCode error, long nowNs) {
        FetchState state = asked.state();
        if (error == ErrorCode.OFFSET_OUT_OF_RANGE) {
            state.halt();
            events.add(new FetchEvent.OutOfRange(
                    state.partition(), asked.generation(), asked.offset(), answer.logStartOffset()));
            return false;
        }
        fail(state, asked.generation(), RefusedException.of("read " + state.partition(), error, null), nowNs);
        return error.retriable();
    }

    private void fail(FetchState state, int generation, ClientException cause, long nowNs) {
        if (closed || state.generation() != generation || partitions.get(state.partition()) != state) {
            return;
        }
        state.failed(nowNs);
        boolean tooLong = state.failingForNs(nowNs)
                >= TimeUnit.MILLISECONDS.toNanos(config.client().apiTimeoutMs());
        if (!cause.retriable() || tooLong) {
            state.failureTold(nowNs);
            if (!cause.retriable()) {
                state.halt();
            }
            events.add(new FetchEvent.Failed(state.partition(), generation, cause));
        }
    }

    private void sleep(long nowNs) {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        long untilNs = Long.MAX_VALUE;
        for (FetchState state : partitions.values()) {
            long next = state.triesAtNs(nowNs);
            if (next != Long.MAX_VALUE && (untilNs == Long.MAX_VALUE || next - untilNs < 0)) {
                untilNs = next;
            }
        }
        if (untilNs != Long.MAX_VALUE) {
            timer = cluster.loop().schedule(Math.min(LONGEST_SLEEP_NS, untilNs - nowNs), this::pump);
        }
    }

    /** Stops; later answers are dropped. */
    void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
        partitions.clear();
    }
}
