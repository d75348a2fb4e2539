package io.millrace.simulation.recovery;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.PartitionLog;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;

/** What an idempotent producer may count on, before and after a crash. Stateless. */
final class Probes {

    /** A producer may have so many batches in flight, and each may come again. */
    private static final int DUPLICATE_WINDOW = 5;

    private Probes() {}

    /**
     * A producer that did not hear the answer sends its last batch again: the log must answer where it lies. Loop of the log
     * only.
     *
     * @param busy whether the log may ask to try later
     */
    static void resend(PartitionLog log, ModelBatch last, int leaderEpoch, boolean busy) {
        AppendResult result = log.appendAsLeader(last.bytes().duplicate(), leaderEpoch, ValidationRules.Origin.CLIENT);
        boolean recognised = result instanceof AppendResult.Duplicate duplicate
                && duplicate.baseOffset() == last.baseOffset()
                && duplicate.endOffset() == last.endOffset();
        boolean later = busy && result instanceof AppendResult.Refused refused && isRetriable(refused);
        if (!recognised && !later) {
            throw new Violation(log.identity() + ": batch " + last + " sent again was answered " + result);
        }
    }

    static boolean isRetriable(AppendResult.Refused refused) {
        return refused.error() == ErrorCode.KAFKA_STORAGE_ERROR;
    }

    /** Of every producer with batches in the recovered log, the last five are still known. */
    static void producersKnown(StoreProcess process, LogHistory history, ModelLog state) {
        PartitionLog log = process.find(history.identity());
        if (log == null) {
            return;
        }
        Map<Long, ArrayDeque<ModelBatch>> lasts = new LinkedHashMap<>();
        for (ModelBatch batch : state.batches()) {
            if (batch.isIdempotent()) {
                ArrayDeque<ModelBatch> window =
                        lasts.computeIfAbsent(batch.producerId(), id -> new ArrayDeque<>(DUPLICATE_WINDOW));
                if (window.size() == DUPLICATE_WINDOW) {
                    window.remove();
                }
                window.add(batch);
            }
        }
        int epoch = Math.max(0, log.latestEpoch());
        for (ArrayDeque<ModelBatch> window : lasts.values()) {
            for (ModelBatch batch : window) {
                process.runOnLoopOf(history.identity(), () -> resend(log, batch, epoch, false));
            }
        }
        if (log.logEndOffset() != state.endOffset()) {
            throw new Violation(history.identity() + ": grew by duplicates from " + state.endOffset() + " to "
                    + log.logEndOffset());
        }
    }

    /** Each leader epoch that has batches ends where the next one with batches begins. */
    static void epochsKnown(StoreProcess process, LogHistory history, ModelLog state, boolean compacted) {
        PartitionLog log = process.find(history.identity());
        if (log == null || state.batches().isEmpty()) {
            return;
        }
        ModelBatch before = state.batches().getFirst();
        for (ModelBatch batch : state.batches()) {
            if (batch.leaderEpoch() > before.leaderEpoch()) {
                epochEnds(process, log, before.leaderEpoch(), before.endOffset(), compacted);
            }
            before = batch;
        }
        epochEnds(process, log, before.leaderEpoch(), state.endOffset(), compacted);
    }

    private static void epochEnds(
            StoreProcess process, PartitionLog log, int epoch, long endOffset, boolean compacted) {
        process.runOnLoopOf(log.identity(), () -> {
            long found = log.epochEnd(epoch).endOffset();
            // Computed from a compacted log, an epoch begins with the first batch that is left of it, or not at all.
            boolean right = compacted ? found == -1 || found >= endOffset : found == endOffset;
            if (!right) {
                throw new Violation(
                        log.identity() + ": epoch " + epoch + " ends at " + found + ", should at " + endOffset);
            }
        });
    }
}
