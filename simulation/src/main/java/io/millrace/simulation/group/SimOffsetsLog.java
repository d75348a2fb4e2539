package io.millrace.simulation.group;

import io.millrace.broker.coordinator.group.log.OffsetsLog;
import io.millrace.broker.coordinator.group.state.GroupRecord;
import io.millrace.broker.coordinator.group.state.GroupRecordCodec;
import io.millrace.broker.coordinator.group.state.GroupState;
import io.millrace.protocol.ErrorCode;
import io.millrace.simulation.SimLoop;
import io.millrace.simulation.SimRandom;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator's partition on virtual time: batches of encoded records that are committed after a while, in order. A kill
 * keeps what is committed and any number of the batches behind it.
 */
final class SimOffsetsLog {

    private static final long MAX_COMMIT_NS = 20_000_000;

    /** How the log may break its promise, to show that the checks notice. */
    enum Lie {
        NONE,
        /** Says committed at once; a kill takes such batches back. */
        EARLY_COMMIT,
        /** Leaves the last batch out when it is read. */
        SHORT_READ,
        /** Leaves tombstones and records of emptied groups out when it is read. */
        FORGOTTEN_END
    }

    private record Stored(ByteBuffer key, @Nullable ByteBuffer value) {}

    private final SimLoop loop;
    private final SimRandom random;
    private final GroupHistory history;
    private final Lie lie;
    private final List<List<Stored>> batches = new ArrayList<>();
    private int committedBatches;
    private int epoch;
    private int refusedPercent = 1;

    SimOffsetsLog(SimLoop loop, SimRandom random, GroupHistory history, Lie lie) {
        this.loop = loop;
        this.random = random;
        this.history = history;
        this.lie = lie;
    }

    /** The log as one leadership sees it; ended by the next {@link #kill} or {@link #lead}. */
    OffsetsLog lead() {
        epoch++;
        // What an earlier leader left is committed by the new one.
        commitTo(batches.size());
        return new Led(epoch);
    }

    /** Refuses no append any more. */
    void heal() {
        refusedPercent = 0;
    }

    /** Keeps what is committed and perhaps some of the rest. */
    void kill() {
        epoch++;
        int kept = committedBatches + random.nextInt(batches.size() - committedBatches + 1);
        while (batches.size() > kept) {
            batches.removeLast();
        }
    }

    private void commitTo(int count) {
        while (committedBatches < count) {
            for (Stored stored : batches.get(committedBatches)) {
                history.committed(decode(stored));
            }
            committedBatches++;
        }
    }

    /** What the whole log comes to. */
    GroupState replayed() {
        GroupState state = new GroupState();
        for (List<Stored> batch : batches) {
            batch.forEach(stored -> state.replay(decode(stored)));
        }
        return state;
    }

    private static GroupRecord decode(Stored stored) {
        ByteBuffer value = stored.value();
        GroupRecord record = GroupRecordCodec.read(stored.key().duplicate(), value == null ? null : value.duplicate());
        if (record == null) {
            throw new GroupViolation("a record of the log has an unknown type");
        }
        return record;
    }

    private final class Led implements OffsetsLog {

        private final int ledEpoch;
        private long lastCommitNs;

        Led(int ledEpoch) {
            this.ledEpoch = ledEpoch;
        }

        @Override
        public ErrorCode append(List<GroupRecord> records, Committed committed) {
            if (ledEpoch != epoch) {
                return ErrorCode.NOT_COORDINATOR;
            }
            if (random.percent(refusedPercent)) {
                return ErrorCode.COORDINATOR_NOT_AVAILABLE;
            }
            List<Stored> batch = new ArrayList<>(records.size());
            for (GroupRecord record : records) {
                batch.add(new Stored(GroupRecordCodec.key(record), GroupRecordCodec.value(record)));
            }
            batches.add(batch);
            int count = batches.size();
            long nowNs = loop.clock().monotonicNs();
            lastCommitNs = Math.max(lastCommitNs, nowNs + random.between(0, MAX_COMMIT_NS));
            if (lie == Lie.EARLY_COMMIT) {
                committed.done(ErrorCode.NONE);
            }
            loop.schedule(lastCommitNs - nowNs, () -> {
                if (ledEpoch == epoch) {
                    commitTo(count);
                    if (lie != Lie.EARLY_COMMIT) {
                        committed.done(ErrorCode.NONE);
                    }
                }
            });
            return ErrorCode.NONE;
        }

        @Override
        public void load(Consumer<GroupRecord> sink, Consumer<ErrorCode> loaded) {
            int count = batches.size();
            loop.schedule(random.between(0, 50_000_000), () -> {
                if (ledEpoch != epoch) {
                    return;
                }
                int end = lie == Lie.SHORT_READ ? Math.max(0, count - 1) : count;
                for (List<Stored> batch : batches.subList(0, end)) {
                    for (Stored stored : batch) {
                        GroupRecord record = decode(stored);
                        if (lie != Lie.FORGOTTEN_END || !isEnd(record)) {
                            sink.accept(record);
                        }
                    }
                }
                loaded.accept(ErrorCode.NONE);
            });
        }

        private static boolean isEnd(GroupRecord record) {
            return record instanceof GroupRecord.GroupChanged(var group, var value)
                    && (value == null || value.members().isEmpty());
        }
    }
}
