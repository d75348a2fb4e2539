package io.millrace.broker.coordinator.group.log;

import io.millrace.broker.coordinator.group.state.GroupRecord;
import io.millrace.broker.coordinator.group.state.GroupRecordCodec;
import io.millrace.broker.coordinator.group.state.GroupState;
import io.millrace.protocol.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * The one way in which a coordinator changes: a decision is appended, replayed into the state at once, and answered when it is
 * committed. Owned by the shard loop.
 *
 * <pre>
 * decide records -> write: appended ---> replayed (later decisions see it) ---> committed: answers leave
 *                          `-- refused: nothing happened                  `--> not committed: the state is dropped
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

    /** One append that is not committed yet, and who waits for it. */
    private static final class Pending {
        final List<Consumer<ErrorCode>> answers = new ArrayList<>(2);
    }

    private final OffsetsLog log;
    private final GroupState state;
    private final Consumer<ErrorCode> lost;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private Consumer<GroupRecord> replayed = record -> {};
    private boolean closed;

    /** @param lost told once when an append was taken and then not committed: what the state holds is not certain any more */
    public DecisionLog(OffsetsLog log, GroupState state, Consumer<ErrorCode> lost) {
        this.log = log;
        this.state = state;
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
            for (GroupRecord record : batch) {
                state.replay(record);
                replayed.accept(record);
            }
        }
        return ErrorCode.NONE;
    }

    /**
     * Tells {@code answer} once all that was written so far is committed: NONE, at once if it is, or the error to answer
     * instead.
     */
    public void afterCommit(Consumer<ErrorCode> answer) {
        Pending last = pending.peekLast();
        if (last == null) {
            answer.accept(closed ? ErrorCode.NOT_COORDINATOR : ErrorCode.NONE);
        } else {
            last.answers.add(answer);
        }
    }

    /** Appends that wait for their commit. */
    public int pendingWrites() {
        return pending.size();
    }

    private void done(Pending committed, ErrorCode error) {
        if (!pending.remove(committed)) {
            return;
        }
        if (error == ErrorCode.NONE) {
            committed.answers.forEach(answer -> answer.accept(ErrorCode.NONE));
            return;
        }
        closed = true;
        committed.answers.forEach(answer -> answer.accept(ErrorCode.NOT_COORDINATOR));
        close();
        lost.accept(error);
    }

    /** Nothing is written any more; who waits is told NOT_COORDINATOR and asks again elsewhere. Idempotent. */
    public void close() {
        closed = true;
        Pending first;
        while ((first = pending.poll()) != null) {
            first.answers.forEach(answer -> answer.accept(ErrorCode.NOT_COORDINATOR));
        }
    }
}
