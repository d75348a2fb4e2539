package io.millrace.replication.replica;

import static io.millrace.replication.fixture.FakeLog.batch;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Uuid;
import io.millrace.replication.fixture.FakeLog;
import io.millrace.replication.fixture.ManualLoop;
import io.millrace.replication.metadata.IntList;
import io.millrace.replication.metadata.PartitionImage;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.LogSlice;
import java.util.ArrayList;
import java.util.List;

/** A leader over a log and a loop that the test moves by hand. Owned by the test. */
final class LeaderFixture {

    static final short ALL = -1;
    static final short NONE = 0;
    static final short LEADER = 1;

    final ManualLoop loop = new ManualLoop();
    final DeadlineQueue deadlines = new DeadlineQueue(loop);
    final FakeLog log = new FakeLog(new LogIdentity(new Uuid(1, 1), "t", 0));
    final List<String> outcomes = new ArrayList<>();
    final List<String> fenced = new ArrayList<>();

    LeaderReplica lead(int epoch, ReplicaSettings settings, IntList isr) {
        PartitionImage partition = new PartitionImage(0, 1, epoch, epoch, IntList.of(1, 2, 3), isr);
        return new LeaderReplica(loop, log, partition, -1, settings, deadlines, new ReplicaEvents() {
            @Override
            public void fenced(LogIdentity identity, String reason) {
                fenced.add(reason);
            }
        });
    }

    LeaderReplica alone(Durability durability) {
        return lead(5, new ReplicaSettings(1, durability), IntList.of(1));
    }

    void produce(LeaderReplica replica, int records, short acks) {
        replica.append(batch(records), -1, acks, 1_000, this::done, 0);
    }

    void done(int slot, ProduceOutcome outcome) {
        outcomes.add(
                switch (outcome) {
                    case ProduceOutcome.Accepted accepted -> "at " + accepted.baseOffset();
                    case ProduceOutcome.TailFull ignored -> "tail full";
                    case ProduceOutcome.Refused refused -> refused.error().name();
                });
    }

    String read(LeaderReplica replica, long offset, ReadBound bound, int epoch, int lastEpoch) {
        return switch (replica.read(offset, bound, epoch, lastEpoch, 1 << 20, true)) {
            case ReplicaRead.Batches batches -> {
                batches.slices().forEach(LogSlice::release);
                yield batches.sizeBytes() + " bytes";
            }
            case ReplicaRead.Pending pending -> "pending";
            case ReplicaRead.Diverging diverging -> "diverging " + diverging.epochEnd();
            case ReplicaRead.Refused refused -> refused.error().name();
        };
    }

    String list(LeaderReplica replica, long timestampMs, ReadBound bound) {
        List<String> answers = new ArrayList<>();
        replica.listOffset(
                timestampMs,
                bound,
                -1,
                (slot, listed) -> answers.add(
                        listed.error() == ErrorCode.NONE
                                ? listed.offset() + " " + listed.timestampMs() + " " + listed.leaderEpoch()
                                : listed.error().name()),
                0);
        return answers.getFirst();
    }
}
