package io.millrace.client.producer;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.Backoff;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.ClientTimeoutException;
import io.millrace.client.error.OutcomeUnknownException;
import io.millrace.protocol.record.RecordBatchView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The order of one partition: which batch is sent next, under which number, and what an answer means. Owned by the client's loop; does
 * no I/O.
 *
 * <p>An idempotent producer numbers its records. A broker appends a batch only when its number follows the last one, and recognises the
 * last five batches when they come again, so up to five may be in flight and every repeat is sent under the batch's old number.
 *
 * <pre>
 *              failure of any batch                all answers are in
 *   Flowing ------------------------> Draining ------------------------> Flowing (repeats first, in order)
 *   sends                             sends nothing      |
 *                                                        +-- the sequence is broken: a new epoch, numbers from 0
 * </pre>
 *
 * Invariant: a batch that may have been appended (an attempt ended without an answer) is never sent under another number or epoch; when
 * the sequence breaks before it, it fails with {@link OutcomeUnknownException} instead. So no record is written twice, and none is
 * reported written that is not. Records that fail leave a hole in their partition's order; those behind them still come in order.
 *
 * <p>A producer that is not idempotent has one batch in flight per partition, so its order holds; a repeat after a lost answer can write
 * records twice.
 */
final class PartitionSender {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionSender.class);
    private static final int MAX_IN_FLIGHT = 5;
    private static final int NO_BROKER = Integer.MIN_VALUE;

    /** What the sender outside is to do after an answer. */
    enum Aftermath {
        NOTHING,
        REFRESH_METADATA,
        NEW_PRODUCER_ID
    }

    private final PartitionQueue queue;
    private final ProducerConfig config;
    private final BatchPool pool;
    private final Backoff backoff;
    private final ArrayDeque<ProducerBatch> inFlight = new ArrayDeque<>();
    private final PriorityQueue<ProducerBatch> repeats =
            new PriorityQueue<>(Comparator.comparingLong(ProducerBatch::firstRecordNumber));
    private @Nullable ProducerIdentity identity;
    private int nextSequence;
    private long nextRecordNumber;
    private boolean draining;
    private boolean sequenceBroken;
    private int inFlightBroker = NO_BROKER;
    private long retryAtNs;
    private boolean backingOff;

    PartitionSender(PartitionQueue queue, ProducerConfig config, BatchPool pool) {
        this.queue = queue;
        this.config = config;
        this.pool = pool;
        this.backoff =
                new Backoff(config.client().retryBackoffMs(), config.client().retryBackoffMaxMs());
    }

    PartitionQueue queue() {
        return queue;
    }

    TopicPartition partition() {
        return queue.partition();
    }

    boolean hasWork() {
        return !inFlight.isEmpty() || !repeats.isEmpty() || !queue.isEmpty();
    }

    /** An idempotent producer without one cannot send; while batches are in flight it is not known yet which one will do. */
    boolean needsIdentity() {
        return config.idempotent() && identity == null && !draining;
    }

    void identity(ProducerIdentity newIdentity) {
        identity = newIdentity;
        nextSequence = 0;
    }

    /** When something can be sent that cannot now, for all that this partition knows; {@link Long#MAX_VALUE}: after an answer. */
    long nextEventNs(long nowNs) {
        if (backingOff && retryAtNs - nowNs > 0) {
            return retryAtNs;
        }
        long lingersUntilNs = repeats.isEmpty() && !draining ? queue.lingersUntilNs() : Long.MAX_VALUE;
        // What is ready and was not sent waits for an answer, a leader or a producer id: time alone changes nothing.
        return lingersUntilNs - nowNs > 0 ? lingersUntilNs : Long.MAX_VALUE;
    }

    /** Bytes of the batch that could be sent to this broker now; -1 when none can. */
    int readyBytes(int brokerId, long nowNs) {
        if (draining
                || needsIdentity()
                || inFlight.size() >= maxInFlight()
                || (!inFlight.isEmpty() && inFlightBroker != brokerId)) {
            return -1;
        }
        if (backingOff) {
            if (retryAtNs - nowNs > 0) {
                return -1;
            }
            backingOff = false;
        }
        ProducerBatch repeat = repeats.peek();
        return repeat != null ? repeat.sealedBytes() : queue.readyBytes(nowNs);
    }

    private int maxInFlight() {
        return config.idempotent() ? MAX_IN_FLIGHT : 1;
    }

    /** The batch that {@link #readyBytes} spoke of, numbered and counted as in flight. */
    @Nullable
    ProducerBatch takeReady(int brokerId, long nowNs) {
        ProducerBatch batch = repeats.poll();
        if (batch == null) {
            batch = queue.takeReady(nowNs);
            if (batch == null) {
                return null;
            }
            batch.firstRecordNumber(nextRecordNumber);
            nextRecordNumber += batch.recordCount();
        }
        if (!batch.isNumbered()) {
            number(batch);
        }
        inFlight.addLast(batch);
        inFlightBroker = brokerId;
        return batch;
    }

    private void number(ProducerBatch batch) {
        ProducerIdentity current = identity;
        if (current == null) {
            batch.number(ProducerIdentity.NONE, 0);
            return;
        }
        batch.number(current, nextSequence);
        nextSequence = RecordBatchView.sequenceAfter(nextSequence, batch.recordCount());
    }

    /** An answer, or the lack of one. Batches that are done are added to {@code finished}, told already. */
    Aftermath settle(ProducerBatch batch, ProduceOutcome outcome, long nowNs, List<ProducerBatch> finished) {
        boolean oldest = isOldest(batch);
        inFlight.remove(batch);
        Aftermath aftermath = switch (outcome) {
            case ProduceOutcome.Written written -> {
                backoff.reset();
                batch.delivered(written.baseOffset(), written.logAppendTimeMs());
                finished.add(batch);
                yield Aftermath.NOTHING;
            }
            case ProduceOutcome.NotSent notSent -> {
                if (notSent.cause().retriable()) {
                    repeat(batch, notSent.cause(), nowNs);
                } else {
                    fail(batch, notSent.cause(), finished);
                }
                yield Aftermath.REFRESH_METADATA;
            }
            case ProduceOutcome.Lost lost -> {
                batch.markUncertain();
                repeat(batch, lost.cause(), nowNs);
                yield Aftermath.REFRESH_METADATA;
            }
            case ProduceOutcome.Refused refused -> refused(batch, refused, oldest, nowNs, finished);
        };
        return afterDraining(aftermath, finished);
    }

    private Aftermath refused(
            ProducerBatch batch,
            ProduceOutcome.Refused refused,
            boolean oldest,
            long nowNs,
            List<ProducerBatch> finished) {
        if (!refused.certainlyNotAppended()) {
            batch.markUncertain();
        }
        switch (refused.error()) {
            case OUT_OF_ORDER_SEQUENCE_NUMBER, UNKNOWN_PRODUCER_ID -> {
                if (oldest) {
                    LOG.warn(
                            "partition={} sequence={} the broker does not know what came before; starting a new epoch",
                            partition(),
                            batch.baseSequence());
                    sequenceBroken = true;
                    repeat(batch, refused.cause(), nowNs);
                } else {
                    repeatAtOnce(batch, refused.cause());
                }
            }
            case INVALID_PRODUCER_EPOCH, PRODUCER_FENCED, INVALID_PRODUCER_ID_MAPPING -> {
                sequenceBroken = true;
                identity = null;
                repeat(batch, refused.cause(), nowNs);
            }
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE -> {
                if (batch.recordCount() > 1 && !batch.isUncertain()) {
                    draining = true;
                    repeats.addAll(BatchSplit.inTwo(batch, pool, config.maxRequestBytes()));
                    finished.add(batch);
                } else {
                    fail(batch, refused.cause(), finished);
                }
            }
            default -> {
                if (refused.error().retriable()) {
                    repeat(batch, refused.cause(), nowNs);
                    return Aftermath.REFRESH_METADATA;
                }
                fail(batch, refused.cause(), finished);
            }
        }
        return Aftermath.NOTHING;
    }

    private boolean isOldest(ProducerBatch batch) {
        for (ProducerBatch other : inFlight) {
            if (other.firstRecordNumber() < batch.firstRecordNumber()) {
                return false;
            }
        }
        ProducerBatch repeat = repeats.peek();
        return repeat == null || repeat.firstRecordNumber() > batch.firstRecordNumber();
    }

    private void repeat(ProducerBatch batch, ClientException cause, long nowNs) {
        if (!backingOff) {
            retryAtNs = nowNs + backoff.nextNs();
            backingOff = true;
        }
        repeatAtOnce(batch, cause);
    }

    private void repeatAtOnce(ProducerBatch batch, ClientException cause) {
        batch.lastFailure(cause);
        draining = true;
        repeats.add(batch);
    }

    private void fail(ProducerBatch batch, ClientException cause, List<ProducerBatch> finished) {
        if (batch.isNumbered() && !batch.isUncertain()) {
            sequenceBroken = true; // its number will never be used, and brokers take no gaps
        }
        draining = true;
        finished.add(batch);
        boolean unknown = batch.isUncertain() && !(cause instanceof OutcomeUnknownException);
        batch.failed(
                unknown
                        ? new OutcomeUnknownException(
                                cause.getMessage()
                                        + "; an earlier attempt was not answered, so it may or may not be in the log",
                                cause)
                        : cause);
    }

    private Aftermath afterDraining(Aftermath otherwise, List<ProducerBatch> finished) {
        if (!draining || !inFlight.isEmpty()) {
            return otherwise;
        }
        draining = false;
        if (!sequenceBroken || !config.idempotent()) {
            sequenceBroken = false;
            return otherwise;
        }
        sequenceBroken = false;
        return startOver(finished) ? otherwise : Aftermath.NEW_PRODUCER_ID;
    }

    /** Begins a new epoch with what certainly was not appended; false when that takes a new producer id. */
    private boolean startOver(List<ProducerBatch> finished) {
        ProducerIdentity current = identity;
        identity = current != null && current.canBump() ? current.bumped() : null;
        nextSequence = 0;
        List<ProducerBatch> again = new ArrayList<>();
        ProducerBatch batch;
        while ((batch = repeats.poll()) != null) {
            if (batch.isUncertain()) {
                finished.add(batch);
                batch.failed(new OutcomeUnknownException(
                        "write to " + partition()
                                + ": no answer came, and what was sent before it was refused, so it cannot be"
                                + " repeated safely: it may or may not be in the log",
                        batch.lastFailure()));
            } else {
                batch.unnumber();
                again.add(batch);
            }
        }
        repeats.addAll(again);
        return identity != null;
    }

    /** Fails what was sent or queued too long ago; a batch in flight is left to its answer. */
    Aftermath expire(long nowNs, List<ProducerBatch> finished) {
        long bornBeforeNs = nowNs - TimeUnit.MILLISECONDS.toNanos(config.deliveryTimeoutMs());
        boolean any = false;
        for (ProducerBatch batch : List.copyOf(repeats)) {
            if (batch.createdNs() - bornBeforeNs < 0) {
                repeats.remove(batch);
                fail(batch, tooLate(batch), finished);
                any = true;
            }
        }
        for (ProducerBatch batch : queue.takeOlderThan(bornBeforeNs)) {
            finished.add(batch);
            batch.failed(tooLate(batch));
        }
        return any ? afterDraining(Aftermath.NOTHING, finished) : Aftermath.NOTHING;
    }

    private ClientException tooLate(ProducerBatch batch) {
        ClientException last = batch.lastFailure();
        String what = "write to " + partition() + " was not acknowledged within " + config.deliveryTimeoutMs() + " ms"
                + (last == null ? "" : ": " + last.getMessage());
        return batch.isUncertain()
                ? new OutcomeUnknownException(what + "; it may or may not be in the log", last)
                : new ClientTimeoutException(what, last);
    }

    /** Adds what is on its way to {@code unfinished}, and makes what is queued ready. */
    void flush(List<ProducerBatch> unfinished) {
        unfinished.addAll(inFlight);
        unfinished.addAll(repeats);
        queue.flush(unfinished);
    }

    /** Fails everything, at the producer's end; later appends are refused. */
    void close(ClientException cause) {
        List<ProducerBatch> left = new ArrayList<>(inFlight);
        left.addAll(repeats);
        left.sort(Comparator.comparingLong(ProducerBatch::firstRecordNumber));
        for (ProducerBatch batch : left) {
            boolean unknown = batch.isUncertain() || inFlight.contains(batch);
            batch.failed(
                    unknown
                            ? new OutcomeUnknownException(
                                    "write to " + partition()
                                            + ": the producer was closed before the answer came; it may or may not be in the log",
                                    cause)
                            : cause);
        }
        for (ProducerBatch batch : queue.close()) {
            batch.failed(cause);
        }
        inFlight.clear();
        repeats.clear();
    }

    /** Fails what waits, because no producer id can be had; nothing is in flight then. */
    void failWaiting(ClientException cause, List<ProducerBatch> finished) {
        ProducerBatch repeat;
        while ((repeat = repeats.poll()) != null) {
            fail(repeat, cause, finished);
        }
        for (ProducerBatch batch : queue.takeAll()) {
            batch.failed(cause);
            finished.add(batch);
        }
        // The next identity starts a sequence of its own.
        draining = false;
        sequenceBroken = false;
    }
}
