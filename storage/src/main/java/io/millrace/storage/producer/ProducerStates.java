package io.millrace.storage.producer;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.record.Crc32c;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.runtime.Clock;
import io.millrace.storage.observer.DamagedSectionException;
import io.millrace.storage.observer.LogObserver;
import io.millrace.storage.observer.SideSection;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The idempotent and transactional producers of one log. Owned by the shard loop of its partition, or by the one lane job
 * that rebuilds it.
 *
 * <p>Derived from the log alone (A14): the batches of the log, or a section and the batches after it, give the same
 * {@link #digest()} on leader, follower and replay. Only the time of the last activity is local, and so is expiry: after a
 * restart the idle time starts again, and record timestamps, which clients choose, never expire anybody.
 *
 * <p>What {@link #check} answers for a batch with a producer id:
 *
 * <pre>
 *   producer      epoch     sequence                          answer
 *   unknown       any       0                                 in sequence
 *   unknown       any       above 0                           UNKNOWN_PRODUCER_ID: appending it could reorder a producer
 *                                                             whose first batch was refused
 *   known         older     any                               INVALID_PRODUCER_EPOCH
 *   known         newer     0 / above 0                       in sequence / OUT_OF_ORDER_SEQUENCE_NUMBER
 *   known         same      exactly one of the last five      duplicate, with its place
 *   known         same      the next (0 after MAX_VALUE)      in sequence
 *   known         same      wholly below the last five        DUPLICATE_SEQUENCE_NUMBER: in the log, place forgotten
 *   known         same      anything else                     OUT_OF_ORDER_SEQUENCE_NUMBER
 * </pre>
 */
public final class ProducerStates implements LogObserver {

    private static final int VERSION = 1;

    private final ProducerLimits limits;
    private final Clock clock;
    private final ProducerTable table = new ProducerTable();
    private @Nullable ProducerEntry longestIdle;
    private @Nullable ProducerEntry lastActive;
    private int openTransactions;
    private long evictions;
    private long expirations;
    // Of its own until a log takes the state over: a rebuild may fail, or come too late and be dropped.
    private ProducerCount brokerCount = new ProducerCount(Integer.MAX_VALUE);

    public ProducerStates(ProducerLimits limits, Clock clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /** A log has taken this state over: from now on its producers count among the broker's. Once. */
    public void joinBroker() {
        brokerCount = limits.broker();
        brokerCount.add(table.size());
    }

    /** Whether the broker remembers more producers than it may. */
    public boolean isBrokerOver() {
        return brokerCount.over();
    }

    /**
     * Forgets the producer that has been idle longest; one with an open transaction stays.
     *
     * @param sparesLast whether the one that was active last stays as well
     * @return whether there was one
     */
    public boolean evictLongestIdle(boolean sparesLast) {
        for (ProducerEntry entry = longestIdle; entry != null; entry = entry.fresher) {
            if (entry.openTransactionOffset < 0 && !(sparesLast && entry == lastActive)) {
                forget(entry);
                evictions++;
                return true;
            }
        }
        return false;
    }

    /** Producers remembered. */
    public int size() {
        return table.size();
    }

    /** Producers forgotten because there were too many. */
    public long evictions() {
        return evictions;
    }

    /** Producers forgotten because they were idle for too long. */
    public long expirations() {
        return expirations;
    }

    /** May this batch be appended now? Changes nothing. The batch's structure has been validated. */
    public ProducerCheck check(RecordBatchView batch) {
        if (!batch.hasProducerId()) {
            return ProducerCheck.InSequence.INSTANCE;
        }
        ProducerEntry entry = table.get(batch.producerId());
        short epoch = batch.producerEpoch();
        if (entry != null && epoch < entry.epoch) {
            return refused(
                    ErrorCode.INVALID_PRODUCER_EPOCH,
                    "producer " + batch.producerId() + " has epoch " + entry.epoch + ", the batch has the older epoch "
                            + epoch);
        }
        if (batch.isControl()) {
            return ProducerCheck.InSequence.INSTANCE;
        }
        int sequence = batch.baseSequence();
        if (entry == null) {
            return sequence == 0
                    ? ProducerCheck.InSequence.INSTANCE
                    : refused(
                            ErrorCode.UNKNOWN_PRODUCER_ID,
                            "no state of producer " + batch.producerId()
                                    + " is kept, and the batch begins with sequence " + sequence);
        }
        if (epoch > entry.epoch) {
            return sequence == 0 ? ProducerCheck.InSequence.INSTANCE : outOfOrder(batch, 0);
        }
        int expected = entry.nextSequence();
        if (sequence == expected) {
            return ProducerCheck.InSequence.INSTANCE;
        }
        ProducerCheck.Duplicate duplicate = entry.duplicateOf(sequence, batch.lastOffsetDelta());
        if (duplicate != null) {
            return duplicate;
        }
        // Across the wrap "older" cannot be told from "far ahead": then out of order, which loses nothing.
        int last = batch.lastSequence();
        if (entry.batchCount() > 0 && sequence <= last && last < entry.oldestSequence()) {
            return refused(
                    ErrorCode.DUPLICATE_SEQUENCE_NUMBER,
                    "sequences " + sequence + " to " + last + " of producer " + batch.producerId()
                            + " are in the log, below the last " + ProducerEntry.BATCHES + " batches");
        }
        return outOfOrder(batch, expected);
    }

    /** Offset of the earliest record of a transaction that is still open, -1 when none is. */
    public long firstOpenTransactionOffset() {
        if (openTransactions == 0) {
            return -1;
        }
        long first = Long.MAX_VALUE;
        for (ProducerEntry entry = longestIdle; entry != null; entry = entry.fresher) {
            if (entry.openTransactionOffset >= 0) {
                first = Math.min(first, entry.openTransactionOffset);
            }
        }
        return first;
    }

    /**
     * Last offsets of the batches by which retries of every producer are recognised: compaction leaves their headers, so
     * that this state can be computed again. Kafka leaves the newest of each only.
     */
    public long[] lastOffsets() {
        long[] offsets = new long[table.size() * ProducerEntry.BATCHES];
        int count = 0;
        for (ProducerEntry entry = longestIdle; entry != null; entry = entry.fresher) {
            for (int i = 0; i < entry.batchCount(); i++) {
                offsets[count++] = entry.lastOffsetAt(i);
            }
        }
        return Arrays.copyOf(offsets, count);
    }

    /** Forgets producers that have been idle for too long, oldest first; those with an open transaction stay. */
    public void expire() {
        long now = clock.monotonicNs();
        ProducerEntry entry = longestIdle;
        while (entry != null && now - entry.activeNs >= expirationNs()) {
            ProducerEntry next = entry.fresher;
            if (entry.openTransactionOffset < 0) {
                forget(entry);
                expirations++;
            }
            entry = next;
        }
    }

    /** When {@link #expire()} has work next, in {@link Clock#monotonicNs()}; {@link Long#MAX_VALUE} when there is nobody. */
    public long nextExpiryNs() {
        for (ProducerEntry entry = longestIdle; entry != null; entry = entry.fresher) {
            if (entry.openTransactionOffset < 0) {
                return entry.activeNs + expirationNs();
            }
        }
        return Long.MAX_VALUE;
    }

    /** Equal for equal derived state; for tests and for comparing replicas. */
    public int digest() {
        ByteBuffer payload = sealed().payload();
        return Crc32c.of(payload, payload.position(), payload.remaining());
    }

    @Override
    public int sectionType() {
        return SideSection.PRODUCERS;
    }

    @Override
    public void appended(RecordBatchView batch, long baseOffset, int leaderEpoch) {
        if (!batch.hasProducerId()) {
            return;
        }
        ProducerEntry entry = table.get(batch.producerId());
        if (entry == null) {
            entry = new ProducerEntry(batch.producerId());
            table.add(entry);
            brokerCount.add(1);
        } else {
            unlink(entry);
        }
        entry.epoch(batch.producerEpoch());
        int offsetDelta = batch.lastOffsetDelta();
        if (batch.isControl()) {
            closeTransaction(entry);
        } else {
            entry.add(batch.baseSequence(), offsetDelta, baseOffset, batch.maxTimestampMs());
            if (batch.isTransactional() && entry.openTransactionOffset < 0) {
                entry.openTransactionOffset = baseOffset;
                openTransactions++;
            }
        }
        entry.lastTimestampMs = batch.maxTimestampMs();
        entry.lastOffset = baseOffset + offsetDelta;
        entry.activeNs = clock.monotonicNs();
        linkLast(entry);
        evictOverLimit();
    }

    @Override
    public boolean truncatedTo(long endOffset) {
        // The list is in log order of each producer's last batch, so the last link knows whether anything was cut.
        return lastActive == null || lastActive.lastOffset < endOffset;
    }

    @Override
    public void logStartMovedTo(long logStartOffset) {
        // A producer outlives its batches: its next sequence still matters after retention took them (KIP-360).
    }

    @Override
    public SideSection sealed() {
        int bytes = 4;
        for (ProducerEntry entry = longestIdle; entry != null; entry = entry.fresher) {
            bytes += entry.storedBytes();
        }
        ByteBuffer payload = ByteBuffer.allocate(bytes);
        payload.putInt(table.size());
        for (ProducerEntry entry = longestIdle; entry != null; entry = entry.fresher) {
            entry.write(payload);
        }
        return new SideSection(SideSection.PRODUCERS, VERSION, payload.flip());
    }

    @Override
    public void restored(SideSection section) {
        cleared();
        ByteBuffer payload = section.payload();
        if (section.type() != SideSection.PRODUCERS || section.version() != VERSION || payload.remaining() < 4) {
            throw new DamagedSectionException("producers: type " + section.type() + ", version " + section.version()
                    + ", " + payload.remaining() + " bytes");
        }
        int count = payload.getInt();
        long now = clock.monotonicNs();
        for (int i = 0; i < count; i++) {
            ProducerEntry entry = ProducerEntry.read(payload);
            if (entry == null || table.get(entry.producerId) != null) {
                cleared();
                throw new DamagedSectionException("producers: entry " + i + " of " + count + " does not parse");
            }
            table.add(entry);
            brokerCount.add(1);
            if (entry.openTransactionOffset >= 0) {
                openTransactions++;
            }
            entry.activeNs = now;
            linkLast(entry);
        }
        if (count < 0 || payload.hasRemaining()) {
            cleared();
            throw new DamagedSectionException(
                    "producers: " + count + " entries leave " + payload.remaining() + " bytes");
        }
    }

    @Override
    public void cleared() {
        brokerCount.add(-table.size());
        table.clear();
        longestIdle = null;
        lastActive = null;
        openTransactions = 0;
    }

    private void evictOverLimit() {
        ProducerEntry entry = longestIdle;
        while (entry != null && entry != lastActive && table.size() > limits.maxPerLog()) {
            ProducerEntry next = entry.fresher;
            if (entry.openTransactionOffset < 0) {
                forget(entry);
                evictions++;
            }
            entry = next;
        }
    }

    private void forget(ProducerEntry entry) {
        unlink(entry);
        table.remove(entry.producerId);
        brokerCount.add(-1);
    }

    private void closeTransaction(ProducerEntry entry) {
        if (entry.openTransactionOffset >= 0) {
            entry.openTransactionOffset = -1;
            openTransactions--;
        }
    }

    private void linkLast(ProducerEntry entry) {
        entry.idler = lastActive;
        entry.fresher = null;
        if (lastActive == null) {
            longestIdle = entry;
        } else {
            lastActive.fresher = entry;
        }
        lastActive = entry;
    }

    private void unlink(ProducerEntry entry) {
        if (entry.idler == null) {
            longestIdle = entry.fresher;
        } else {
            entry.idler.fresher = entry.fresher;
        }
        if (entry.fresher == null) {
            lastActive = entry.idler;
        } else {
            entry.fresher.idler = entry.idler;
        }
        entry.idler = null;
        entry.fresher = null;
    }

    private long expirationNs() {
        return limits.expirationMs() * 1_000_000;
    }

    private static ProducerCheck refused(ErrorCode error, String message) {
        return new ProducerCheck.OutOfSequence(error, message);
    }

    private static ProducerCheck outOfOrder(RecordBatchView batch, int expected) {
        return refused(
                ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                "producer " + batch.producerId() + " epoch " + batch.producerEpoch() + " sent sequence "
                        + batch.baseSequence() + " where " + expected + " follows");
    }
}
