package io.millrace.storage.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.observer.SampleBatches;
import io.millrace.storage.observer.SideSection;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** A14: live, snapshot and replay, and full replay agree; and what is told a producer agrees with its whole history. */
class ProducerStatesPropertyTest {

    private record Sent(long producerId, int epoch, int sequence, int records, long baseOffset) {}

    private static final class Run {
        final Random random;
        final HandClock clock = new HandClock();
        final ProducerLimits limits;
        final ProducerStates live;
        final List<ByteBuffer> log = new ArrayList<>();
        final Map<Long, List<Sent>> history = new HashMap<>();
        final List<SideSection> snapshots = new ArrayList<>();
        final List<Integer> snapshotAt = new ArrayList<>();
        long end;

        Run(long seed, int maxPerLog) {
            random = new Random(seed);
            limits = new ProducerLimits(maxPerLog, Long.MAX_VALUE / 2_000_000, new ProducerCount(Integer.MAX_VALUE));
            live = new ProducerStates(limits, clock);
        }

        void append(ByteBuffer batch, int records) {
            live.appended(SampleBatches.view(batch), end, 0);
            log.add(batch);
            end += records;
        }

        ProducerStates replay(int from, ProducerStates states) {
            for (ByteBuffer batch : log.subList(from, log.size())) {
                states.appended(
                        SampleBatches.view(batch), SampleBatches.view(batch).baseOffset(), 0);
            }
            return states;
        }
    }

    @Property(tries = 200)
    void rebuiltStateEqualsLiveState(@ForAll long seed) {
        Run run = new Run(seed, new Random(seed).nextBoolean() ? 3 : 100);
        for (int step = 0; step < 80; step++) {
            step(run);
        }
        ProducerStates full = run.replay(0, new ProducerStates(run.limits, run.clock));
        assertThat(full.digest()).as("full replay").isEqualTo(run.live.digest());
        for (int i = 0; i < run.snapshots.size(); i++) {
            ProducerStates restored = new ProducerStates(run.limits, run.clock);
            restored.restored(run.snapshots.get(i));
            run.replay(run.snapshotAt.get(i), restored);
            assertThat(restored.digest()).as("snapshot and replay").isEqualTo(run.live.digest());
            assertThat(restored.firstOpenTransactionOffset()).isEqualTo(run.live.firstOpenTransactionOffset());
        }
    }

    @Property(tries = 200)
    void aTruncationThatClaimsToBeExactIs(@ForAll long seed) {
        Run run = new Run(seed, 100);
        for (int step = 0; step < 40; step++) {
            step(run);
        }
        while (!run.log.isEmpty()) {
            long cut = SampleBatches.view(run.log.removeLast()).baseOffset();
            ProducerStates replayed = run.replay(0, new ProducerStates(run.limits, run.clock));
            if (run.live.truncatedTo(cut)) {
                assertThat(run.live.digest()).isEqualTo(replayed.digest());
            } else {
                run.live.cleared();
                run.replay(0, run.live);
            }
        }
    }

    private static void step(Run run) {
        Random random = run.random;
        long id = random.nextInt(6);
        List<Sent> sent = run.history.computeIfAbsent(id, k -> new ArrayList<>());
        int records = 1 + random.nextInt(3);
        switch (random.nextInt(12)) {
            case 0 -> run.append(SampleBatches.plain(run.end, 0, records, 5, 10), records);
            case 1 -> {
                run.snapshots.add(run.live.sealed());
                run.snapshotAt.add(run.log.size());
            }
            case 2 -> run.clock.passMs(random.nextInt(1000));
            case 3 -> {
                int epoch = sent.isEmpty() ? 0 : sent.getLast().epoch();
                run.append(SampleBatches.marker(run.end, id, epoch), 1);
            }
            case 4 -> retry(run, sent);
            default -> {
                boolean bump = random.nextInt(8) == 0;
                Sent last = sent.isEmpty() ? null : sent.getLast();
                int epoch = last == null ? 0 : last.epoch() + (bump ? 1 : 0);
                int sequence = last == null || bump ? 0 : last.sequence() + last.records();
                ByteBuffer batch = random.nextInt(3) == 0
                        ? SampleBatches.transactional(run.end, records, id, epoch, sequence)
                        : SampleBatches.idempotent(run.end, records, id, epoch, sequence);
                if (run.limits.maxPerLog() == 100 && (last != null || sequence == 0)) {
                    assertThat(run.live.check(SampleBatches.view(batch))).isInstanceOf(ProducerCheck.InSequence.class);
                }
                sent.add(new Sent(id, epoch, sequence, records, run.end));
                run.append(batch, records);
            }
        }
    }

    /** Sends something again that was sent before; the whole history says what the answer must be. */
    private static void retry(Run run, List<Sent> sent) {
        if (sent.isEmpty() || run.limits.maxPerLog() < 100) {
            return;
        }
        int which = run.random.nextInt(sent.size());
        Sent again = sent.get(which);
        long newerInEpoch =
                sent.stream().filter(s -> s.epoch() == again.epoch()).count()
                        - sent.subList(0, which + 1).stream()
                                .filter(s -> s.epoch() == again.epoch())
                                .count();
        ProducerCheck check = run.live.check(SampleBatches.view(
                SampleBatches.idempotent(0, again.records(), again.producerId(), again.epoch(), again.sequence())));
        if (again.epoch() < sent.getLast().epoch()) {
            assertThat(check).isInstanceOf(ProducerCheck.OutOfSequence.class);
        } else if (newerInEpoch < 5) {
            assertThat(check).isInstanceOfSatisfying(ProducerCheck.Duplicate.class, duplicate -> {
                assertThat(duplicate.baseOffset()).isEqualTo(again.baseOffset());
                assertThat(duplicate.endOffset()).isEqualTo(again.baseOffset() + again.records());
            });
        } else {
            assertThat(check).isInstanceOf(ProducerCheck.OutOfSequence.class);
        }
    }
}
