package io.millrace.client.consumer;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.FoundOffset;
import io.millrace.client.cluster.OffsetLookup;
import io.millrace.client.cluster.OffsetQuery;
import io.millrace.client.cluster.TopicImage;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.error.ClientClosedException;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.ClientTimeoutException;
import io.millrace.client.error.RefusedException;
import io.millrace.protocol.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Reads assigned partitions from their leaders. Owned by one thread at a time: a second one that comes in meanwhile is refused; only
 * {@link #wakeup} is for any thread.
 *
 * <p>Records of one partition come in the order of their offsets, each once per pass; partitions take turns. Every batch's CRC is checked;
 * a damaged one fails {@code poll} and is never passed over silently. Reads uncommitted: records of open or aborted transactions are
 * returned too.
 *
 * <p>A partition without a position, or with one outside its log, follows {@link ConsumerConfig#reset()}.
 */
public final class Consumer implements AutoCloseable {

    private static final Duration LONGEST_POLL = Duration.ofDays(36_500);
    private final ConsumerConfig config;
    private final Cluster cluster;
    private final BlockingQueue<FetchEvent> events = new LinkedBlockingQueue<>(); // bounded by prefetchBytes
    private final Fetcher fetcher;
    private final Positions positions = new Positions();
    private final ChunkReader reader = new ChunkReader();
    private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();
    private final PositionLookup lookup;
    private final AtomicBoolean wakeupQueued = new AtomicBoolean();
    private boolean closed;

    private Consumer(ConsumerConfig config) {
        this.config = config;
        this.cluster = Cluster.open(config.client());
        this.fetcher = new Fetcher(cluster, config, events);
        this.lookup = new PositionLookup(cluster, config.reset());
    }

    /** Makes a consumer of nothing yet; connections are opened by the first assignment. */
    public static Consumer open(ConsumerConfig config) {
        Consumer consumer = new Consumer(config);
        consumer.cluster.run("start", consumer.fetcher::start);
        return consumer;
    }

    /** Reads these partitions and no others; those that stay keep their positions. */
    public void assign(Collection<TopicPartition> partitions) {
        enter();
        try {
            List<TopicPartition> assigned = List.copyOf(partitions);
            positions.assign(assigned);
            dropStale();
            cluster.run("assign", () -> fetcher.assign(assigned));
        } finally {
            leave();
        }
    }

    public Set<TopicPartition> assignment() {
        enter();
        try {
            return positions.assigned();
        } finally {
            leave();
        }
    }

    /** The next poll of this partition begins here. */
    public void seek(TopicPartition partition, long offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("offset " + offset + " of " + partition + " is negative");
        }
        enter();
        try {
            moveTo(partition, offset);
        } finally {
            leave();
        }
    }

    public void seekToBeginning(Collection<TopicPartition> partitions) {
        seekBy(partitions, OffsetQuery.earliest());
    }

    public void seekToEnd(Collection<TopicPartition> partitions) {
        seekBy(partitions, OffsetQuery.latest());
    }

    /** To the first record at or after a time in each partition; to the end where there is none. */
    public void seekToTime(Collection<TopicPartition> partitions, long timestampMs) {
        seekBy(partitions, new OffsetQuery.AtTime(timestampMs));
    }

    private void seekBy(Collection<TopicPartition> partitions, OffsetQuery query) {
        Map<TopicPartition, FoundOffset> found = offsets(partitions, query);
        List<TopicPartition> toEnd = new ArrayList<>();
        enter();
        try {
            found.forEach((partition, at) -> {
                if (at.exists()) {
                    moveTo(partition, at.offset());
                } else {
                    toEnd.add(partition);
                }
            });
        } finally {
            leave();
        }
        if (!toEnd.isEmpty()) {
            seekBy(toEnd, OffsetQuery.latest());
        }
    }

    /** The offset of the record that the next poll begins with, as far as it is known; looks it up when it is not. */
    public long position(TopicPartition partition) {
        enter();
        try {
            long deadlineNs = deadlineNs(config.client().apiTimeoutMs());
            while (positions.offset(partition) == Positions.UNSET) {
                findPositions(deadlineNs);
                if (deadlineNs - System.nanoTime() <= 0 && positions.offset(partition) == Positions.UNSET) {
                    throw new ClientTimeoutException("the position of " + partition + " was not found in time", null);
                }
            }
            return positions.offset(partition);
        } finally {
            leave();
        }
    }

    /** First readable offsets. */
    public Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
        return offsetsOnly(offsets(partitions, OffsetQuery.earliest()));
    }

    /** Offsets that the next records will get. */
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
        return offsetsOnly(offsets(partitions, OffsetQuery.latest()));
    }

    /** Offsets of any kind; blocks for at most {@code apiTimeoutMs}. */
    public Map<TopicPartition, FoundOffset> offsets(Collection<TopicPartition> partitions, OffsetQuery query) {
        enter();
        try {
            Map<TopicPartition, OffsetQuery> queries = new TreeMap<>();
            for (TopicPartition partition : partitions) {
                queries.put(partition, query);
            }
            return await(OffsetLookup.start(cluster, queries));
        } finally {
            leave();
        }
    }

    private static Map<TopicPartition, Long> offsetsOnly(Map<TopicPartition, FoundOffset> found) {
        Map<TopicPartition, Long> offsets = new TreeMap<>();
        found.forEach((partition, at) -> offsets.put(partition, at.offset()));
        return offsets;
    }

    /** A topic's partitions and leaders; fails when there is no such topic. */
    public TopicImage topic(String name) {
        enter();
        try {
            return await(cluster.metadata().topic(name, 0, config.client().apiTimeoutMs()));
        } finally {
            leave();
        }
    }

    /**
     * Records, at most {@code maxPollRecords}; waits for the first one. Empty when none came in time or {@link #wakeup} was called.
     *
     * @throws ClientException when a partition cannot be read; its position is unchanged, polling again tries again
     */
    public List<ConsumerRecord> poll(Duration timeout) {
        enter();
        try {
            if (closed) {
                throw new ClientClosedException("poll");
            }
            long deadlineNs = System.nanoTime() + nanos(timeout);
            List<ConsumerRecord> records = new ArrayList<>();
            while (records.size() < config.maxPollRecords()) {
                if (!reader.isRead()) {
                    readOn(records);
                    if (reader.damage() != null) {
                        break;
                    }
                    continue;
                }
                FetchEvent event = records.isEmpty() ? nextEvent(deadlineNs) : events.peek();
                if (event == null || (!records.isEmpty() && !(event instanceof FetchEvent.Fetched))) {
                    break;
                }
                if (!records.isEmpty()) {
                    events.remove();
                }
                if (event instanceof FetchEvent.Wakeup) {
                    wakeupQueued.set(false);
                    break;
                }
                handle(event);
            }
            if (records.isEmpty()) {
                throwDamage();
            }
            return records;
        } finally {
            leave();
        }
    }

    private void readOn(List<ConsumerRecord> into) {
        FetchEvent.Fetched chunk = reader.chunk();
        if (chunk == null) {
            return;
        }
        positions.advance(
                chunk.partition(), reader.read(positions.offset(chunk.partition()), config.maxPollRecords(), into));
        if (reader.isRead()) {
            giveBack(chunk);
        }
    }

    private void throwDamage() {
        RefusedException damage = reader.damage();
        FetchEvent.Fetched chunk = reader.chunk();
        if (damage != null && chunk != null) {
            reader.stop();
            giveBack(chunk);
            moveTo(chunk.partition(), positions.offset(chunk.partition()));
            throw damage;
        }
    }

    private @Nullable FetchEvent nextEvent(long deadlineNs) {
        while (true) {
            if (!positions.unset().isEmpty() && events.isEmpty()) {
                findPositions(deadlineNs);
            }
            long leftNs = deadlineNs - System.nanoTime();
            try {
                // While positions are looked up, come back soon to see what was found.
                long waitNs = !lookup.isUnderWay() ? leftNs : Math.min(leftNs, TimeUnit.MILLISECONDS.toNanos(10));
                FetchEvent event = waitNs <= 0 ? events.poll() : events.poll(waitNs, TimeUnit.NANOSECONDS);
                if (event != null || leftNs <= 0) {
                    return event;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
        }
    }

    private void handle(FetchEvent event) {
        switch (event) {
            case FetchEvent.Fetched fetched -> {
                if (positions.isCurrent(fetched.partition(), fetched.generation())) {
                    reader.start(fetched);
                } else {
                    giveBack(fetched);
                }
            }
            case FetchEvent.OutOfRange range -> {
                if (positions.isCurrent(range.partition(), range.generation())) {
                    outOfRange(range);
                }
            }
            case FetchEvent.Failed failed -> {
                if (positions.isCurrent(failed.partition(), failed.generation())) {
                    moveTo(failed.partition(), positions.offset(failed.partition()));
                    throw failed.cause();
                }
            }
            case FetchEvent.Wakeup ignored -> {}
        }
    }

    private void outOfRange(FetchEvent.OutOfRange range) {
        if (config.reset() != OffsetReset.ERROR) {
            positions.unset(range.partition());
            return;
        }
        moveTo(range.partition(), range.offset());
        throw RefusedException.of(
                "read " + range.partition(),
                ErrorCode.OFFSET_OUT_OF_RANGE,
                "offset " + range.offset() + " is outside the log"
                        + (range.logStartOffset() >= 0 ? ", which starts at " + range.logStartOffset() : "")
                        + ": seek, or choose OffsetReset.EARLIEST or LATEST");
    }

    /** Looks up positions that are not set, by the reset policy; waits for the answer until the deadline. */
    private void findPositions(long deadlineNs) {
        lookup.await(positions, deadlineNs).forEach((partition, at) -> moveTo(partition, at.offset()));
    }

    private void moveTo(TopicPartition partition, long offset) {
        int generation = positions.seek(partition, offset);
        dropStale();
        cluster.run("seek", () -> fetcher.seek(partition, generation, offset));
    }

    private void dropStale() {
        FetchEvent.Fetched chunk = reader.chunk();
        if (chunk != null && !positions.isCurrent(chunk.partition(), chunk.generation())) {
            reader.stop();
            giveBack(chunk);
        }
    }

    private void giveBack(FetchEvent.Fetched chunk) {
        long bytes = chunk.records().sizeBytes();
        chunk.records().release();
        cluster.run("poll", () -> fetcher.consumed(chunk.partition(), bytes));
    }

    /** A hundred years at most, so that a deadline does not overflow. */
    private static long nanos(Duration timeout) {
        return timeout.compareTo(LONGEST_POLL) < 0 ? timeout.toNanos() : LONGEST_POLL.toNanos();
    }

    private <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(
                    config.client().apiTimeoutMs() + config.client().requestTimeoutMs(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientTimeoutException("interrupted", e);
        } catch (TimeoutException e) {
            throw new ClientTimeoutException("no answer in time", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ClientException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    private static long deadlineNs(long timeoutMs) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    }

    /** Makes the poll that is under way, or the next one, return early. From any thread. */
    public void wakeup() {
        if (wakeupQueued.compareAndSet(false, true)) {
            events.add(new FetchEvent.Wakeup());
        }
    }

    /** Stops reading and closes the connections. Idempotent. */
    @Override
    public void close() {
        enter();
        try {
            if (closed) {
                return;
            }
            closed = true;
            FetchEvent.Fetched chunk = reader.chunk();
            if (chunk != null) {
                chunk.records().release();
            }
            reader.stop();
            reader.close();
            cluster.run("close", fetcher::close);
            cluster.close();
            FetchEvent event;
            while ((event = events.poll()) != null) {
                if (event instanceof FetchEvent.Fetched fetched) {
                    fetched.records().release();
                }
            }
        } finally {
            leave();
        }
    }

    private void enter() {
        Thread other = user.compareAndExchange(null, Thread.currentThread());
        if (other != null) {
            throw new IllegalStateException("this consumer is in use by thread " + other.getName()
                    + ": use it from one thread at a time, or give each its own");
        }
    }

    private void leave() {
        user.set(null);
    }
}
