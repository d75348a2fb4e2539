package io.millrace.replication.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.replication.fixture.ManualLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ReplicaQueuesPropertyTest {

    @Property
    void deadlinesExpireInOrderUnlessCancelledBehindOneTimer(
            @ForAll @Size(max = 100) List<@IntRange(min = -20, max = 60) Integer> steps) {
        ManualLoop loop = new ManualLoop();
        DeadlineQueue queue = new DeadlineQueue(loop);
        TreeMap<Long, List<Integer>> model = new TreeMap<>();
        List<Deadline> deadlines = new ArrayList<>();
        List<Integer> expired = new ArrayList<>();
        for (int step : steps) {
            if (step >= 20) {
                int number = deadlines.size();
                Deadline deadline = new Deadline(() -> expired.add(number));
                deadlines.add(deadline);
                queue.add(deadline, (step - 20) * 1_000_000L);
                model.computeIfAbsent(deadline.atNs, at -> new ArrayList<>()).add(number);
            } else if (step >= 0 && !deadlines.isEmpty()) {
                int number = step % deadlines.size();
                queue.cancel(deadlines.get(number));
                model.values().forEach(each -> each.removeIf(value -> value == number));
            } else {
                int before = expired.size();
                loop.advanceMs(-step);
                List<Integer> due = new ArrayList<>();
                List<List<Integer>> dueAt = new ArrayList<>();
                var past = model.headMap(loop.clock().monotonicNs(), true);
                past.values().forEach(each -> {
                    due.addAll(each);
                    dueAt.add(each);
                });
                List<Integer> fresh = expired.subList(before, expired.size());
                assertThat(fresh).containsExactlyInAnyOrderElementsOf(due);
                int from = 0;
                for (List<Integer> each : dueAt) {
                    assertThat(fresh.subList(from, from + each.size())).containsExactlyInAnyOrderElementsOf(each);
                    from += each.size();
                }
                past.clear();
            }
            assertThat(queue.size())
                    .isEqualTo(model.values().stream().mapToInt(List::size).sum());
            assertThat(loop.timers()).isLessThanOrEqualTo(1);
        }
    }

    @Property
    void sizesAreTakenOnceAndInOrder(@ForAll @Size(max = 200) List<@IntRange(min = -30, max = 30) Integer> steps) {
        AppendSizes sizes = new AppendSizes();
        ArrayDeque<long[]> model = new ArrayDeque<>();
        long end = 0;
        long mark = 0;
        for (int step : steps) {
            if (step >= 0) {
                end += step + 1;
                sizes.appended(end, step);
                model.add(new long[] {end, step});
            } else {
                mark = Math.min(end, mark - step);
                long expected = 0;
                while (!model.isEmpty() && model.getFirst()[0] <= mark) {
                    expected += model.removeFirst()[1];
                }
                assertThat(sizes.takeUpTo(mark)).isEqualTo(expected);
            }
        }
        long rest = model.stream().mapToLong(each -> each[1]).sum();
        assertThat(sizes.takeUpTo(Long.MAX_VALUE)).isEqualTo(rest);
        assertThat(sizes.takeUpTo(Long.MAX_VALUE)).isZero();
    }
}
