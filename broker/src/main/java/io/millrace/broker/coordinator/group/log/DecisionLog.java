package io.millrace.broker.coordinator.group.log;

import io.millrace.broker.coordinator.group.state.GroupRecord;
import io.millrace.broker.coordinator.group.state.GroupRecordCodec;
import io.millrace.broker.coordinator.group.state.GroupState;
import io.millrace.protocol.ErrorCode;
import io.millrace.replication.replica.Deadline;
import io.millrace.replication.replica.DeadlineQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way in which a coordinator changes: a decision is appended, replayed into the state at once, and answered when it is
 * committed. Owned by the shard loop.
 *
 * <pre>
 * decide records -> write: appended ---> replayed (later decisions see it) ---> committed: answers leave
 *                          `-- refused: nothing happened                  |--> late: who waits is told to ask again, the write stays
 *                                                                         `--> not committed: the state is dropped
 * </pre>
 *
 * <p>Invariant: an answer leaves only when everything that was written before it is committed, a read included, so nobody learns
 * what a crash could take back (KIP-98 has the same rule for consumers of records).
 *
 * <p>Bound: a write belongs to a request in flight or to a timer of a group, both of which are bounded.
 */
public final class DecisionLog {

    /** Keeps batches far below what a log takes: 1,000 offsets with the largest metadata are 4.4 MiB. */
    private static final int MAX_RECORDS_PER_BATCH = 1_000;
    /** A group of that size is refused. With its key and a batch around it, it still fits the journal's first files. */
    public static final int MAX_RECORD_BYTES = 7 * 1024 * 1024;

    private static final long NANOS_PER_MS = 1_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(DecisionLog.class);

    /** One append that is not committed yet, and who waits for it. */
    private final class Pending {
        final List<Consumer<ErrorCode>> answers = new ArrayList<>(2);
        final Deadline deadline = new Deadline(() -> isLate(this));
        boolean late;
        boolean done;

        void answer(ErrorCode error) {
            List<Consumer<ErrorCode>> told = List.copyOf(answers);
            answers.clear();
            told.forEach(answer -> answer.accept(error));
        }
    }

    private final OffsetsLog log;
    private final GroupState state;
    private final DeadlineQueue deadlines;
    private final int commitTimeoutMs;
    private final Consumer<ErrorCode> lost;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private Consumer<GroupRecord> replayed = record -> {};
    private boolean closed;
    private boolean saidLate;

    /**
     * A coordinator without decisions yet.
     *
     * @param commitTimeoutMs how long an answer waits for its commit ({@code offsets.commit.timeout.ms})
     * @param lost told once when an append was taken and then not committed: what the state holds is not certain any more
     */
    public DecisionLog(
            OffsetsLog log, GroupState state, DeadlineQueue deadlines, int commitTimeoutMs, Consumer<ErrorCode> lost) {
        this.log = log;
        this.state = state;
        this.deadlines = deadlines;
        this.commitTimeoutMs = commitTimeoutMs;
        this.lost = lost;
    }

    /** Tells of every record that was written and replayed from now on. One listener. */
    public void onReplay(Consumer<GroupRecord> listener) {
        replayed = listener;
    }

    /**
     * Appends and replays.
     *
     * @param records at least one; more than a batch holds go as several, of which a crash may keep the first ones
     * @return NONE, or why nothing, or not everything, was appended; POLICY_VIOLATION when the shard's groups may hold no more
     */
    public ErrorCode write(List<? extends GroupRecord> records) {
        long growthBytes = 0;
        for (GroupRecord record : records) {
            if (GroupRecordCodec.valueBytes(record) > MAX_RECORD_BYTES) {
                return ErrorCode.UNKNOWN_SERVER_ERROR;
            }
            growthBytes += state.growth(record);
        }
        if (!state.memory().hasRoom(growthBytes)) {
            return ErrorCode.POLICY_VIOLATION;
        }
        for (int from = 0; from < records.size(); from += MAX_RECORDS_PER_BATCH) {
            List<GroupRecord> batch =
                    List.copyOf(records.subList(from, Math.min(records.size(), from + MAX_RECORDS_PER_BATCH)));
            Pending added = new Pending();
            pending.add(added);
            ErrorCode refused = closed ? ErrorCode.NOT_COORDINATOR : log.append(batch, error -> done(added, error));
            if (refused != ErrorCode.NONE) {
                pending.remove(added);
                return refused;
            }
            if (!added.done) {
                deadlines.add(added.deadline, commitTimeoutMs * NANOS_PER_MS);
            }
            for (GroupRecord record : batch) {
                state.replay(record);
                replayed.accept(record);
            }
        }
        return ErrorCode.NONE;
    }

    /**
     * Tells {@code answer} once all that was written so far is committed: NONE, at once if it is, or the error to answer
     * instead. COORDINATOR_NOT_AVAILABLE when that takes too long: a slow disk is no reason to forget what is in the log.
     */
    public void afterCommit(Consumer<ErrorCode> answer) {
        Pending last = pending.peekLast();
        if (last == null) {
            answer.accept(closed ? ErrorCode.NOT_COORDINATOR : ErrorCode.NONE);
        } else if (last.late) {
            answer.accept(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        } else {
            last.answers.add(answer);
        }
    }

    /** Appends that wait for their commit. */
    public int pendingWrites() {
        return pending.size();
    }

    private void isLate(Pending waited) {
        waited.late = true;
        if (!saidLate) {
            saidLate = true;
            LOG.warn(
                    "event=coordinator-commit-late waitedMs={} pending={} effect=\"clients ask again\"",
                    commitTimeoutMs,
                    pending.size());
        }
        waited.answer(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    }

    private void done(Pending committed, ErrorCode error) {
        if (!pending.remove(committed)) {
            return;
        }
        committed.done = true;
        deadlines.cancel(committed.deadline);
        if (error == ErrorCode.NONE) {
            saidLate &= !pending.isEmpty();
            committed.answer(ErrorCode.NONE);
            return;
        }
        closed = true;
        committed.answer(ErrorCode.NOT_COORDINATOR);
        close();
        lost.accept(error);
    }

    /** Nothing is written any more; who waits is told NOT_COORDINATOR and asks again elsewhere. Idempotent. */
    public void close() {
        closed = true;
        Pending first;
        while ((first = pending.poll()) != null) {
            deadlines.cancel(first.deadline);
            first.answer(ErrorCode.NOT_COORDINATOR);
        }
    }
}
