package io.millrace.broker.metrics;

import io.millrace.runtime.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks every loop for its numbers. Sources are added from any thread, {@link #gather} is called by one thread at a time,
 * which it blocks.
 *
 * <p>A loop that does not answer in time is left out, and not asked again before it has answered: a stuck one does not collect
 * questions.
 */
public final class Gathering {

    private static final Logger LOG = LoggerFactory.getLogger(Gathering.class);
    private static final long PATIENCE_MS = 2_000;

    /** Sources that share a loop. */
    private record Asked(EventLoop loop, List<MeterSource> sources, AtomicBoolean busy) {}

    private final AtomicReference<List<Asked>> asked = new AtomicReference<>(List.of());
    private final AtomicReference<List<MeterSource>> here = new AtomicReference<>(List.of());

    /** Lets {@code source} be read on {@code loop} from the next scrape on. */
    public void on(EventLoop loop, MeterSource source) {
        asked.updateAndGet(present -> {
            List<Asked> grown = new ArrayList<>();
            boolean known = false;
            for (Asked each : present) {
                boolean same = each.loop.equals(loop);
                known |= same;
                grown.add(same ? new Asked(loop, grown(each.sources, source), each.busy) : each);
            }
            if (!known) {
                grown.add(new Asked(loop, List.of(source), new AtomicBoolean()));
            }
            return List.copyOf(grown);
        });
    }

    /** Lets {@code source}, which any thread may read, be read by the scraping thread; it may block for a moment. */
    public void here(MeterSource source) {
        here.updateAndGet(present -> grown(present, source));
    }

    private static <T> List<T> grown(List<T> present, T added) {
        List<T> grown = new ArrayList<>(present);
        grown.add(added);
        return List.copyOf(grown);
    }

    /** Everything that can be told now. */
    public Readings gather() {
        Readings all = new Readings();
        List<CompletableFuture<Readings>> answers = new ArrayList<>();
        int silent = 0;
        for (Asked each : asked.get()) {
            CompletableFuture<Readings> answer = new CompletableFuture<>();
            if (ask(each, answer)) {
                answers.add(answer);
            } else {
                silent++;
            }
        }
        for (MeterSource source : here.get()) {
            source.read(all);
        }
        for (CompletableFuture<Readings> answer : answers) {
            silent += take(answer, all) ? 0 : 1;
        }
        all.add(Meter.SCRAPE_SILENT_LOOPS, silent);
        return all;
    }

    private static boolean ask(Asked each, CompletableFuture<Readings> answer) {
        if (!each.busy.compareAndSet(false, true)) {
            return false;
        }
        try {
            each.loop.post(() -> {
                each.busy.set(false);
                try {
                    Readings readings = new Readings();
                    each.sources.forEach(source -> source.read(readings));
                    answer.complete(readings);
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
            return true;
        } catch (RejectedExecutionException stopped) {
            return false;
        }
    }

    private static boolean take(CompletableFuture<Readings> answer, Readings all) {
        try {
            all.join(answer.get(PATIENCE_MS, TimeUnit.MILLISECONDS));
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            LOG.error("event=scrape-failed effect=\"the numbers of one loop are missing\"", e.getCause());
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while loops were asked for their numbers", e);
        }
    }
}
