package io.millrace.storage.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.storage.EpochEnd;
import io.millrace.storage.observer.SampleBatches;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Against a log that remembers the epoch of every single record and looks everything up by walking it. */
class LeaderEpochsPropertyTest {

    private static final class NaiveLog {
        long logStart;
        final List<Integer> epochs = new ArrayList<>();
        int latest = -1;
        long latestStart = -1;

        long end() {
            return logStart + epochs.size();
        }

        void become(int epoch) {
            if (epoch != latest) {
                latest = epoch;
                latestStart = end();
            }
        }

        void truncate(long end) {
            while (end() > end) {
                epochs.removeLast();
            }
            if (latestStart >= end) {
                latest = epochs.isEmpty() ? -1 : epochs.getLast();
                latestStart = epochs.isEmpty() ? -1 : logStart + epochs.indexOf(latest);
            }
        }

        void startAt(long start) {
            if (start > logStart && latestStart < start) {
                latestStart = Math.max(latestStart, start <= end() ? firstOf(latest, start) : start);
            }
            while (logStart < start) {
                epochs.removeFirst();
                logStart++;
            }
        }

        private long firstOf(int epoch, long from) {
            for (long o = from; o < end(); o++) {
                if (epochs.get((int) (o - logStart)) == epoch) {
                    return o;
                }
            }
            return end();
        }

        int epochAt(long offset) {
            if (offset < logStart) {
                return -1;
            }
            return offset < end() ? epochs.get((int) (offset - logStart)) : latest;
        }

        EpochEnd endOf(int requested) {
            if (requested < 0 || requested > latest) {
                return EpochEnd.UNKNOWN;
            }
            if (requested == latest) {
                return new EpochEnd(requested, end());
            }
            int floor = -1;
            long nextStart = latestStart;
            for (int i = epochs.size() - 1; i >= 0; i--) {
                if (epochs.get(i) > requested) {
                    nextStart = logStart + i;
                } else {
                    floor = Math.max(floor, epochs.get(i));
                }
            }
            return new EpochEnd(floor < 0 ? requested : floor, nextStart);
        }
    }

    @Property(tries = 300)
    void answersAsTheRecordsThemselvesWould(@ForAll long seed) {
        Random random = new Random(seed);
        NaiveLog model = new NaiveLog();
        LeaderEpochs epochs = new LeaderEpochs();
        for (int step = 0; step < 60; step++) {
            switch (random.nextInt(8)) {
                case 0, 1 -> {
                    int epoch = Math.max(0, model.latest) + random.nextInt(3);
                    epochs.assign(epoch, model.end());
                    model.become(epoch);
                }
                case 2, 3, 4 -> {
                    int epoch = Math.max(0, model.latest) + (random.nextInt(4) == 0 ? 1 + random.nextInt(2) : 0);
                    int records = 1 + random.nextInt(4);
                    epochs.appended(
                            SampleBatches.view(SampleBatches.plain(model.end(), epoch, records, 1, 0)),
                            model.end(),
                            epoch);
                    model.become(epoch);
                    for (int i = 0; i < records; i++) {
                        model.epochs.add(epoch);
                    }
                }
                case 5 -> {
                    long end = model.end() - random.nextInt(Math.min(6, model.epochs.size() + 1));
                    assertThat(epochs.truncatedTo(end)).isTrue();
                    model.truncate(end);
                }
                case 6 -> {
                    long start = model.logStart + random.nextInt(Math.min(4, model.epochs.size() + 1));
                    epochs.logStartMovedTo(start);
                    model.startAt(start);
                }
                default -> {
                    LeaderEpochs copy = new LeaderEpochs();
                    copy.restored(epochs.sealed());
                    assertThat(copy.toString()).isEqualTo(epochs.toString());
                    epochs = copy;
                }
            }
            compare(epochs, model, random);
        }
    }

    private static void compare(LeaderEpochs epochs, NaiveLog model, Random random) {
        assertThat(epochs.latestEpoch()).isEqualTo(model.latest);
        for (int requested = -1; requested <= model.latest + 2; requested++) {
            assertThat(epochs.endOf(requested, model.end()))
                    .as("end of epoch %s in %s, log %s", requested, epochs, model.epochs)
                    .isEqualTo(model.endOf(requested));
        }
        for (int i = 1; i < epochs.size(); i++) {
            assertThat(epochs.epoch(i)).isGreaterThan(epochs.epoch(i - 1));
            assertThat(epochs.startOffset(i)).isGreaterThan(epochs.startOffset(i - 1));
        }
        long offset = model.logStart + random.nextInt(model.epochs.size() + 2);
        assertThat(epochs.epochAt(offset)).isEqualTo(model.epochAt(offset));
        if (model.latest > 0) {
            assertThatThrownBy(() -> epochs.assign(model.latest - 1, model.end()))
                    .isInstanceOf(EpochOrderException.class);
        }
    }
}
