package io.millrace.client.producer;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.TopicImage;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.error.ClientClosedException;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.ClientTimeoutException;
import io.millrace.client.error.RefusedException;
import io.millrace.client.error.UnknownTopicException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.RecordHeader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends records. Thread-safe.
 *
 * <p>With {@link Acks#ALL}, the default, the producer is idempotent: for each partition, the records that were reported delivered are in the
 * log once each and in the order in which one thread sent them, whatever connections or leaders failed meanwhile. A record that failed with
 * an {@link io.millrace.client.error.OutcomeUnknownException} may be in the log, at most once; one that failed otherwise is not. The
 * guarantee holds within one producer: sending again after a failure, or after a restart of the process, may write twice.
 *
 * <p>With {@link Acks#LEADER} delivery is at least once: a repeat after a lost answer may write records twice. With {@link Acks#NONE} it is
 * at most once.
 *
 * <p>Records are batched by partition; partitions are chosen by Kafka's murmur2 of the key, or one after the other, a batch at a time, for
 * records without key. {@code send} waits while the buffer is full or the topic is not yet known, for at most {@code maxBlockMs}; called on
 * the client's own thread, from a callback, it fails instead of waiting.
 */
public final class Producer implements AutoCloseable {

    private static final int RECORD_OVERHEAD_BYTES = 40;
    private static final int HEADER_OVERHEAD_BYTES = 10;
    private static final long UNKNOWN_TOPIC_PATIENCE_MS = 5_000;

    private final ProducerConfig config;
    private final Cluster cluster;
    private final BufferBudget budget;
    private final BatchPool pool;
    private final Sender sender;
    private final Map<TopicPartition, PartitionSender> partitions = new ConcurrentHashMap<>();
    private final Map<String, StickyPartition> sticky = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private Producer(ProducerConfig config) {
        this.config = config;
        this.cluster = Cluster.open(config.client());
        this.budget = new BufferBudget(config.bufferBytes());
        this.pool = new BatchPool(config.codec(), config.batchBytes());
        this.sender = new Sender(cluster, config, budget, pool);
    }

    /** Makes a producer; connections are opened by the first record. */
    public static Producer open(ProducerConfig config) {
        Producer producer = new Producer(config);
        producer.cluster.run("start", producer.sender::start);
        return producer;
    }

    /**
     * Sends a record. The future completes on the client's own thread: what is chained to it must not block.
     *
     * @throws ClientException when the record was not taken: unknown topic, buffer full, too large, closed
     */
    public CompletableFuture<RecordMetadata> send(ProducerRecord record) {
        CompletableFuture<RecordMetadata> future = new CompletableFuture<>();
        send(record, new DeliveryListener() {
            @Override
            public void delivered(RecordMetadata metadata) {
                future.complete(metadata);
            }

            @Override
            public void failed(ClientException cause) {
                future.completeExceptionally(cause);
            }
        });
        return future;
    }

    /**
     * Sends a record and tells {@code listener} what became of it.
     *
     * @throws ClientException when the record was not taken, and the listener is not told
     */
    public void send(ProducerRecord record, DeliveryListener listener) {
        checkOpen();
        int bytes = sizeBound(record);
        if (bytes + RecordBatchView.HEADER_BYTES > config.maxRequestBytes()) {
            throw RefusedException.of(
                    "send to " + record.topic(),
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "a record of up to " + bytes + " bytes is over maxRequestBytes=" + config.maxRequestBytes());
        }
        TopicImage topic = topic(record.topic());
        TopicPartition name = new TopicPartition(topic.name(), partitionOf(record, topic, bytes));
        reserve(bytes, record.topic());
        PartitionSender partition = partitions.get(name);
        if (partition == null) {
            partition = partitions.computeIfAbsent(name, this::newPartition);
        }
        Long given = record.timestampMs();
        PartitionQueue.Appended appended = partition
                .queue()
                .append(
                        record,
                        given == null ? cluster.clock().wallMs() : given,
                        bytes,
                        listener,
                        cluster.clock().monotonicNs());
        if (appended == null) {
            budget.release(bytes);
            throw new ClientClosedException("send to " + record.topic());
        }
        if (appended == PartitionQueue.Appended.NOTABLY) {
            sender.signal(partition);
        }
    }

    private PartitionSender newPartition(TopicPartition name) {
        PartitionQueue queue = new PartitionQueue(
                name, pool, config.maxRequestBytes(), TimeUnit.MILLISECONDS.toNanos(config.lingerMs()));
        return new PartitionSender(queue, config, pool);
    }

    private static int sizeBound(ProducerRecord record) {
        byte[] key = record.key();
        byte[] value = record.value();
        long bytes = RECORD_OVERHEAD_BYTES + (key == null ? 0L : key.length) + (value == null ? 0L : value.length);
        for (RecordHeader header : record.headers()) {
            byte[] headerValue = header.value();
            bytes += HEADER_OVERHEAD_BYTES
                    + header.name().getBytes(StandardCharsets.UTF_8).length
                    + (headerValue == null ? 0L : headerValue.length);
        }
        return (int) Math.min(bytes, Integer.MAX_VALUE - RecordBatchView.HEADER_BYTES);
    }

    private TopicImage topic(String name) {
        TopicImage known = cluster.metadata().image().topic(name);
        if (known != null) {
            return known;
        }
        CompletableFuture<TopicImage> asked = cluster.metadata()
                .topic(name, Math.min(UNKNOWN_TOPIC_PATIENCE_MS, config.maxBlockMs()), config.maxBlockMs());
        if (cluster.loop().isOwner() && !asked.isDone()) {
            throw new ClientTimeoutException(
                    "send to " + name
                            + " from the client's own thread: the topic is not known yet, and waiting here would stop"
                            + " the client; send the topic's first record from another thread",
                    null);
        }
        try {
            return asked.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientTimeoutException("interrupted while looking up topic " + name, e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ClientException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    private int partitionOf(ProducerRecord record, TopicImage topic, int bytes) {
        Integer given = record.partition();
        if (given != null) {
            if (given >= topic.partitionCount()) {
                throw new UnknownTopicException(
                        topic.name(),
                        "topic " + topic.name() + " has no partition " + given + ": it has 0 to "
                                + (topic.partitionCount() - 1));
            }
            return given;
        }
        byte[] key = record.key();
        if (key != null) {
            return Murmur2.partition(key, topic.partitionCount());
        }
        return sticky.computeIfAbsent(topic.name(), name -> new StickyPartition(config.batchBytes()))
                .choose(topic, bytes);
    }

    private void reserve(int bytes, String topic) {
        try {
            budget.reserve(bytes, cluster.loop().isOwner() ? 0 : config.maxBlockMs());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClientTimeoutException("interrupted while waiting for buffer space for topic " + topic, e);
        }
    }

    /** Sends what was given so far without lingering; completes when all of it is delivered or failed. */
    public CompletableFuture<Void> flush() {
        checkOpen();
        return sender.flush(partitions.values());
    }

    /** Bytes of records that are not delivered yet. */
    public long bufferedBytes() {
        return budget.usedBytes();
    }

    private void checkOpen() {
        if (closed) {
            throw new ClientClosedException("send");
        }
    }

    /** Flushes for as long as deliveries may take, then closes. Not from a callback. Idempotent. */
    @Override
    public void close() {
        close(config.deliveryTimeoutMs());
    }

    /** Flushes for at most this long, then closes; what is not delivered by then fails. Not from a callback. Idempotent. */
    public void close(long timeoutMs) {
        if (cluster.loop().isOwner()) {
            throw new IllegalStateException(
                    "close() was called from a callback on the client's own thread: call it elsewhere");
        }
        if (closed) {
            return;
        }
        closed = true;
        CompletableFuture<Void> flushed = sender.flush(partitions.values());
        try {
            flushed.get(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            // What is left fails below, each record with its own cause.
        }
        budget.close();
        cluster.run("close", () -> sender.close(partitions.values(), new ClientClosedException("write not sent")));
        cluster.close();
        pool.close();
    }
}
