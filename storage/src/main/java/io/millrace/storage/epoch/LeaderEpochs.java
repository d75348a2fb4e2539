package io.millrace.storage.epoch;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.EpochEnd;
import io.millrace.storage.observer.DamagedSectionException;
import io.millrace.storage.observer.LogObserver;
import io.millrace.storage.observer.SideSection;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * The leader epochs of one log and the offset at which each begins. Owned by the shard loop of its partition.
 *
 * <p>Invariant (A2): strictly increasing in epoch and in start offset. An epoch that got no record before the next began
 * has the next one's start offset and is forgotten, for it holds nothing.
 *
 * <pre>
 *  section payload: count (4) | count x { epoch (4) | start offset (8) }
 * </pre>
 */
public final class LeaderEpochs implements LogObserver {

    /** Answered when there is no epoch. */
    public static final int NO_EPOCH = -1;

    private static final int VERSION = 1;
    private static final int ENTRY_BYTES = 12;
    private static final int[] NO_EPOCHS = {};
    private static final long[] NO_OFFSETS = {};

    private int[] epochs = NO_EPOCHS;
    private long[] startOffsets = NO_OFFSETS;
    private int size;

    /** Epochs known. */
    public int size() {
        return size;
    }

    /** Epoch of entry {@code index}, {@code 0..size-1}, in rising order. */
    public int epoch(int index) {
        return epochs[Objects.checkIndex(index, size)];
    }

    /** First offset of entry {@code index}. */
    public long startOffset(int index) {
        return startOffsets[Objects.checkIndex(index, size)];
    }

    /** {@link #NO_EPOCH} when none is known. */
    public int latestEpoch() {
        return size == 0 ? NO_EPOCH : epochs[size - 1];
    }

    /** Epoch under which the record at {@code offset} was appended, {@link #NO_EPOCH} when below all known ones. */
    public int epochAt(long offset) {
        int index = floorByOffset(offset);
        return index < 0 ? NO_EPOCH : epochs[index];
    }

    /**
     * An epoch begins: a leader was elected at this log end, or a batch of a new epoch arrived. The latest epoch again is
     * no change.
     *
     * @param epoch at least {@link #latestEpoch()}, not negative
     * @throws EpochOrderException when epoch or offset would fall
     */
    public void assign(int epoch, long startOffset) {
        int latest = latestEpoch();
        if (epoch == latest) {
            return;
        }
        if (epoch < latest || epoch < 0 || startOffset < 0 || (size > 0 && startOffset < startOffsets[size - 1])) {
            throw new EpochOrderException("epoch " + epoch + " at offset " + startOffset + " after epoch " + latest
                    + (size == 0 ? "" : " at offset " + startOffsets[size - 1]));
        }
        if (size > 0 && startOffsets[size - 1] == startOffset) {
            size--;
        }
        add(epoch, startOffset);
    }

    /**
     * Where an epoch ends on this log: the largest known epoch at or below {@code requestedEpoch}, and the start of the one
     * after it. For an epoch older than all known ones, the requested epoch and the first known start: what it held is gone,
     * and whoever follows must begin there. {@link EpochEnd#UNKNOWN} when newer than all known ones (KIP-320).
     *
     * @param logEndOffset end of the latest epoch
     */
    public EpochEnd endOf(int requestedEpoch, long logEndOffset) {
        if (requestedEpoch < 0 || size == 0 || requestedEpoch > epochs[size - 1]) {
            return EpochEnd.UNKNOWN;
        }
        if (requestedEpoch == epochs[size - 1]) {
            return new EpochEnd(requestedEpoch, logEndOffset);
        }
        int found = Arrays.binarySearch(epochs, 0, size, requestedEpoch);
        int floor = found >= 0 ? found : -found - 2;
        return floor < 0
                ? new EpochEnd(requestedEpoch, startOffsets[0])
                : new EpochEnd(epochs[floor], startOffsets[floor + 1]);
    }

    /** Forgets epochs that begin at or above {@code endOffset}. */
    public void truncateFromEnd(long endOffset) {
        while (size > 0 && startOffsets[size - 1] >= endOffset) {
            size--;
        }
    }

    /** Forgets epochs that end at or below {@code startOffset}; the one that holds it then begins there. */
    public void truncateFromStart(long startOffset) {
        int holding = floorByOffset(startOffset);
        if (holding < 0) {
            return;
        }
        System.arraycopy(epochs, holding, epochs, 0, size - holding);
        System.arraycopy(startOffsets, holding, startOffsets, 0, size - holding);
        size -= holding;
        startOffsets[0] = startOffset;
    }

    @Override
    public int sectionType() {
        return SideSection.EPOCHS;
    }

    @Override
    public void appended(RecordBatchView batch, long baseOffset, int leaderEpoch) {
        if (leaderEpoch != NO_EPOCH) {
            assign(leaderEpoch, baseOffset);
        }
    }

    @Override
    public boolean truncatedTo(long endOffset) {
        truncateFromEnd(endOffset);
        return true;
    }

    @Override
    public void logStartMovedTo(long logStartOffset) {
        truncateFromStart(logStartOffset);
    }

    @Override
    public SideSection sealed() {
        ByteBuffer payload = ByteBuffer.allocate(4 + size * ENTRY_BYTES);
        payload.putInt(size);
        for (int i = 0; i < size; i++) {
            payload.putInt(epochs[i]).putLong(startOffsets[i]);
        }
        return new SideSection(SideSection.EPOCHS, VERSION, payload.flip());
    }

    @Override
    public void restored(SideSection section) {
        cleared();
        ByteBuffer payload = section.payload();
        int bytes = payload.remaining();
        int count = bytes < 4 ? -1 : payload.getInt();
        if (section.type() != SideSection.EPOCHS
                || section.version() != VERSION
                || count < 0
                || bytes != 4 + (long) count * ENTRY_BYTES) {
            throw new DamagedSectionException("leader epochs: type " + section.type() + ", version " + section.version()
                    + ", " + count + " entries in " + bytes + " bytes");
        }
        epochs = new int[count];
        startOffsets = new long[count];
        for (int i = 0; i < count; i++) {
            int epoch = payload.getInt();
            long startOffset = payload.getLong();
            if (epoch < 0
                    || startOffset < 0
                    || (i > 0 && (epoch <= epochs[i - 1] || startOffset <= startOffsets[i - 1]))) {
                cleared();
                throw new DamagedSectionException(
                        "leader epochs: entry " + i + " (epoch " + epoch + " at " + startOffset + ") is out of order");
            }
            epochs[i] = epoch;
            startOffsets[i] = startOffset;
            size = i + 1;
        }
    }

    @Override
    public void cleared() {
        epochs = NO_EPOCHS;
        startOffsets = NO_OFFSETS;
        size = 0;
    }

    private int floorByOffset(long offset) {
        int found = Arrays.binarySearch(startOffsets, 0, size, offset);
        return found >= 0 ? found : -found - 2;
    }

    private void add(int epoch, long startOffset) {
        if (size == epochs.length) {
            // Most logs see a handful of epochs in their life: grow slowly.
            int capacity = size < 4 ? 4 : size + (size >> 1);
            epochs = Arrays.copyOf(epochs, capacity);
            startOffsets = Arrays.copyOf(startOffsets, capacity);
        }
        epochs[size] = epoch;
        startOffsets[size] = startOffset;
        size++;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("LeaderEpochs[");
        for (int i = 0; i < size; i++) {
            text.append(i == 0 ? "" : ", ").append(epochs[i]).append('@').append(startOffsets[i]);
        }
        return text.append(']').toString();
    }
}
