package io.millrace.replication.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.Uuid;
import io.millrace.replication.fixture.FakeLog;
import io.millrace.replication.fixture.ManualLoop;
import io.millrace.replication.metadata.IntList;
import io.millrace.replication.metadata.PartitionImage;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.StorageFailure;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Random histories of one leader: what is acknowledged is as durable as asked, once each, and the high watermark only grows. */
class LeaderReplicaPropertyTest {

    record Step(int kind, int amount, int acks) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.frequency(
                                Tuple.of(6, 0),
                                Tuple.of(4, 1),
                                Tuple.of(4, 2),
                                Tuple.of(3, 3),
                                Tuple.of(1, 4),
                                Tuple.of(1, 5),
                                Tuple.of(1, 6)),
                        Arbitraries.integers().between(1, 20),
                        Arbitraries.integers().between(-1, 1))
                .as(Step::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(80);
    }

    @Property(tries = 500)
    void acknowledgesOnlyWhatIsAsDurableAsAsked(@ForAll("steps") List<Step> steps) {
        new History().run(steps);
    }

    private static final class History {
        private final ManualLoop loop = new ManualLoop();
        private final DeadlineQueue deadlines = new DeadlineQueue(loop);
        private final FakeLog log = new FakeLog(new LogIdentity(new Uuid(1, 1), "t", 0));
        private final List<Integer> answered = new ArrayList<>();
        private long followerEnd = -1;
        private boolean followerInSync = true;
        private int minIsr = 1;
        private int partitionEpoch;

        void run(List<Step> steps) {
            LeaderReplica replica = new LeaderReplica(
                    loop,
                    log,
                    partition(),
                    -1,
                    new ReplicaSettings(minIsr, Durability.SYNCED),
                    deadlines,
                    ReplicaEvents.NONE);
            List<Long> ends = new ArrayList<>();
            long highWatermark = 0;
            for (Step step : steps) {
                switch (step.kind()) {
                    case 0 -> {
                        int slot = ends.size();
                        ends.add(log.logEndOffset() + step.amount());
                        short acks = (short) step.acks();
                        replica.append(
                                FakeLog.batch(step.amount()),
                                -1,
                                acks,
                                50,
                                (s, outcome) -> {
                                    assertThat(s).isEqualTo(slot);
                                    answered.add(slot);
                                    if (outcome instanceof ProduceOutcome.Accepted) {
                                        check(replica, ends.get(slot), acks);
                                    } else if (((ProduceOutcome.Refused) outcome)
                                            .error()
                                            .name()
                                            .equals("NOT_ENOUGH_REPLICAS")) {
                                        ends.set(slot, log.logEndOffset());
                                    }
                                },
                                slot);
                    }
                    case 1 -> log.written(Math.min(log.logEndOffset(), log.writtenEndOffset() + step.amount()));
                    case 2 -> log.synced(Math.min(log.writtenEndOffset(), log.syncedEndOffset() + step.amount()));
                    case 3 -> {
                        followerEnd = Math.min(log.logEndOffset(), Math.max(0, followerEnd) + step.amount());
                        replica.followerHolds(2, followerEnd);
                    }
                    case 4 -> {
                        // A follower joins the ISR only when it holds everything below the high watermark (A8).
                        followerInSync = !followerInSync && followerEnd >= replica.highWatermark();
                        partitionEpoch++;
                        replica.change(partition());
                        if (followerInSync) {
                            replica.followerHolds(2, followerEnd);
                        }
                    }
                    case 5 -> {
                        minIsr = 1 + step.amount() % 2;
                        replica.change(new ReplicaSettings(minIsr, Durability.SYNCED));
                    }
                    default -> loop.advanceMs(step.amount());
                }
                assertThat(replica.highWatermark()).isGreaterThanOrEqualTo(highWatermark);
                assertThat(replica.highWatermark()).isLessThanOrEqualTo(log.syncedEndOffset());
                highWatermark = replica.highWatermark();
                assertThat(replica.pendingProduces() + answered.size()).isEqualTo(ends.size());
                assertThat(deadlines.size()).isEqualTo(replica.pendingProduces());
                assertThat(replica.isLeading()).isTrue();
            }
            log.fail(new StorageFailure("end", true));
            assertThat(answered).doesNotHaveDuplicates().hasSize(ends.size());
            assertThat(deadlines.size()).isZero();
        }

        private void check(LeaderReplica replica, long end, short acks) {
            if (acks == 1) {
                assertThat(log.writtenEndOffset()).isGreaterThanOrEqualTo(end);
            } else if (acks == -1) {
                assertThat(replica.highWatermark()).isGreaterThanOrEqualTo(end);
                assertThat(log.syncedEndOffset()).isGreaterThanOrEqualTo(end);
                assertThat(followerInSync ? 2 : 1).isGreaterThanOrEqualTo(minIsr);
                if (followerInSync) {
                    assertThat(followerEnd).isGreaterThanOrEqualTo(end);
                }
            }
        }

        private PartitionImage partition() {
            IntList isr = followerInSync ? IntList.of(1, 2) : IntList.of(1);
            return new PartitionImage(0, 1, 0, partitionEpoch, IntList.of(1, 2), isr);
        }
    }
}
