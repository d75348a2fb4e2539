package io.millrace.storage.scrub;

import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Timer;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskLane;
import io.millrace.storage.log.JournaledLog;
import io.millrace.storage.log.Quarantine;
import io.millrace.storage.log.SegmentRow;
import io.millrace.storage.segment.Segment;
import io.millrace.storage.segment.SegmentDamagedException;
import io.millrace.storage.segment.SegmentNames;
import io.millrace.storage.segment.SegmentScrub;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks the sealed segments of one store, one after another, and looks at every byte of them: what rots where nobody reads is
 * found before the last good copy is gone. Damage puts the log in quarantine; a {@code .side} file that is missing or wrong is
 * made again. Owner: the shard loop.
 *
 * <pre>
 *   WAITING --the round is due, or a reader missed a .side file--> next segment --the broker's slot--> STEPPING
 *   STEPPING --1 MiB on the pool, then a pause for the rate--> STEPPING --its end, or a fault--> next segment
 *   next segment --no log left--> WAITING
 * </pre>
 *
 * <p>A {@code .side} file is made while its segment is walked, from where the one below ends. Where that file is missing, too, it is
 * made first: however many are gone, each segment is read once and at the rate.
 *
 * <p>All state is a cursor: the logs of this round, how many were done, and an offset in the one that is under way. Rounds begin at
 * another log after each start, so that brokers which are often started get to all of them.
 */
public final class Scrubber {

    private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);

    private static final int STEP_BYTES = 1 << 20;
    private static final long FIRST_ROUND_MS = 10 * 60_000;
    private static final long RETRY_MS = 1_000;
    private static final long NS_PER_MS = 1_000_000;
    /** Logs without a sealed segment that are passed over in one turn of the loop. */
    private static final int MAX_PASSED = 64;
    /** Segments that readers asked for; who misses one asks again. */
    private static final int MAX_WANTED = 64;
    /** A segment that could not be looked at is not asked for again so soon, nor is any when there are many. */
    private static final long ASK_AGAIN_NS = 10 * 60_000 * NS_PER_MS;

    private static final int MAX_FAILED = 64;

    /** What the observers of a log knew at the end of its first segments. */
    @FunctionalInterface
    public interface Replay {
        SegmentScrub.Below below(List<SegmentRow> segments, SegmentRow row, List<SegmentRow> above);
    }

    /** @param asked by a reader, not by a round */
    private record Run(
            JournaledLog log,
            SegmentRow row,
            List<SegmentRow> below,
            boolean asked,
            int sight,
            int plan,
            SegmentScrub scrub) {}

    /** @param belowFirst false when what lies below had its turn: it is read if it must */
    private record Rung(JournaledLog log, Segment segment, boolean asked, boolean belowFirst) {}

    private final EventLoop loop;
    private final Disk disk;
    private final DiskLane pool;
    private final ScrubSlot slot;
    private final Supplier<Collection<JournaledLog>> logs;
    private final Replay replay;
    private final Map<Segment, JournaledLog> wanted = new LinkedHashMap<>();
    // What has to be made in this order, the last first: segments of one log, each of which is made from the one below.
    private final ArrayDeque<Rung> climb = new ArrayDeque<>(0);
    // When they failed; the oldest first.
    private final Map<Segment, Long> failed = new LinkedHashMap<>();
    private List<JournaledLog> round = List.of();
    private int firstOfRound;
    private int passed;
    private long cursor;
    private long roundBeganNs;
    private @Nullable Run running;
    // Of a pause, a retry, or to let the loop have its turn.
    private @Nullable Timer timer;
    private @Nullable Timer roundTimer;
    private boolean inRound;
    private boolean closed;

    /** @param logs of the store, asked once for each round */
    public Scrubber(
            EventLoop loop,
            Disk disk,
            DiskLane pool,
            ScrubSlot slot,
            Supplier<Collection<JournaledLog>> logs,
            Replay replay) {
        this.loop = loop;
        this.disk = disk;
        this.pool = pool;
        this.slot = slot;
        this.logs = logs;
        this.replay = replay;
        nextRoundIn(Math.min(FIRST_ROUND_MS, slot.intervalMs()) * NS_PER_MS);
    }

    /** A reader found a sealed segment without a usable {@code .side} file. */
    public void sideMissing(JournaledLog log, Segment segment) {
        if (!closed && wanted.size() < MAX_WANTED && !hasFailed(segment) && wanted.putIfAbsent(segment, log) == null) {
            loop.post(this::next);
        }
    }

    private boolean hasFailed(Segment segment) {
        long nowNs = loop.clock().monotonicNs();
        failed.values().removeIf(atNs -> nowNs - atNs >= ASK_AGAIN_NS);
        return failed.size() >= MAX_FAILED || failed.containsKey(segment);
    }

    /** Ends with the step that runs. */
    public void close() {
        closed = true;
        wanted.clear();
        climb.clear();
        Timer due = roundTimer;
        if (due != null) {
            due.cancel();
        }
        Timer present = timer;
        timer = null;
        if (present != null) {
            present.cancel();
            Run paused = running;
            if (paused != null) {
                end(paused, 0);
            }
        }
    }

    private void nextRoundIn(long delayNs) {
        if (slot.intervalMs() != ScrubSlot.NEVER) {
            roundTimer = loop.schedule(delayNs, this::beginRound);
        }
    }

    private void after(long delayNs, Runnable task) {
        timer = loop.schedule(delayNs, () -> {
            timer = null;
            task.run();
        });
    }

    private void beginRound() {
        roundTimer = null;
        inRound = true;
        round = List.copyOf(logs.get());
        passed = 0;
        cursor = 0;
        roundBeganNs = loop.clock().monotonicNs();
        firstOfRound = round.isEmpty() ? 0 : (int) Math.floorMod(loop.clock().wallMs() / 1_000, (long) round.size());
        next();
    }

    /** The next segment; at most a few logs are looked at before the loop gets its turn. */
    private void next() {
        if (closed || running != null || timer != null || startClimb() || startWanted() || !inRound) {
            return;
        }
        for (int i = 0; i < MAX_PASSED && passed < round.size(); i++) {
            JournaledLog log = round.get((firstOfRound + passed) % round.size());
            SegmentRow row = isWell(log) ? log.files().segments().sealedFrom(cursor) : null;
            if (row != null) {
                if (start(log, row, false, true)) {
                    cursor = row.endOffset();
                }
                return;
            }
            passed++;
            cursor = 0;
        }
        if (passed < round.size()) {
            after(0, this::next);
        } else {
            inRound = false;
            round = List.of();
            long sinceNs = loop.clock().monotonicNs() - roundBeganNs;
            nextRoundIn(Math.max(0, slot.intervalMs() * NS_PER_MS - sinceNs));
        }
    }

    private static boolean isWell(JournaledLog log) {
        return !log.isClosed() && log.damage() == null;
    }

    private static @Nullable SegmentRow sealed(JournaledLog log, Segment segment) {
        SegmentRow row = log.files().segments().holding(segment.baseOffset());
        boolean there = row != null && row.sealed() && log.files().segments().has(segment);
        return there && isWell(log) ? row : null;
    }

    /** False when no segment waits for the one below it. */
    private boolean startClimb() {
        while (!climb.isEmpty()) {
            Rung lowest = climb.getLast();
            SegmentRow row = sealed(lowest.log, lowest.segment);
            if (row == null) {
                climb.removeLast();
                continue;
            }
            if (start(lowest.log, row, lowest.asked, lowest.belowFirst)) {
                climb.removeLast();
            }
            return true;
        }
        return false;
    }

    /** False when nobody waits for a segment that is still there. */
    private boolean startWanted() {
        while (!wanted.isEmpty()) {
            Map.Entry<Segment, JournaledLog> first =
                    wanted.entrySet().iterator().next();
            JournaledLog log = first.getValue();
            SegmentRow row = sealed(log, first.getKey());
            if (row == null) {
                wanted.remove(first.getKey());
                continue;
            }
            if (start(log, row, true, true)) {
                wanted.remove(first.getKey());
            }
            return true;
        }
        return false;
    }

    /** False when another shard has the slot, or the log's files are about to be others: {@link #next} comes again. */
    private boolean start(JournaledLog log, SegmentRow row, boolean asked, boolean belowFirst) {
        int plan = log.files().plan();
        // A cut or swap that ended under the look would leave no trace.
        if (log.files().isSideWaiting() || !log.files().isUnchanged(plan) || !slot.tryTake()) {
            after(RETRY_MS * NS_PER_MS, this::next);
            return false;
        }
        List<SegmentRow> below = log.files().segments().below(row.baseOffset());
        SegmentScrub scrub = new SegmentScrub(
                disk,
                row.segment(),
                row.endOffset(),
                row.lengthBytes(),
                log.config().indexIntervalBytes(),
                replay.below(below, row, log.files().segments().above(row.baseOffset())),
                belowFirst);
        Run begun = new Run(log, row, below, asked, log.quarantine().sight(), plan, scrub);
        running = begun;
        step(begun);
        return true;
    }

    private void step(Run current) {
        long beganNs = loop.clock().monotonicNs();
        long before = current.scrub.readBytes();
        pool.submit(() -> current.scrub.step(STEP_BYTES), (state, failure) -> {
            long bytes = current.scrub.readBytes() - before;
            slot.read(bytes);
            stepped(current, state, failure, slot.pauseNs(bytes, loop.clock().monotonicNs() - beganNs));
        });
    }

    private void stepped(
            Run current, SegmentScrub.@Nullable State state, @Nullable DiskException failure, long pauseNs) {
        if (state == SegmentScrub.State.MORE && !closed && stands(current)) {
            after(pauseNs, () -> step(current));
            return;
        }
        if (state == SegmentScrub.State.BELOW_FIRST) {
            climb.add(new Rung(current.log, current.row.segment(), current.asked, false));
            climb.add(new Rung(current.log, current.below.getLast().segment(), false, true));
        } else if (state == SegmentScrub.State.SOUND) {
            slot.sound();
            if (current.asked) {
                current.log.files().sideFound(current.row.segment());
            }
        } else if (state == SegmentScrub.State.SIDE_MADE) {
            current.log.files().sideMade(current.row.segment(), current.plan);
            slot.rebuilt();
            LOG.warn(
                    "event=side-rebuilt log={} segment={} effect=none",
                    current.log.identity(),
                    current.row.baseOffset());
        } else if (failure != null) {
            failed(current, failure);
            climb.forEach(rung -> remember(rung.segment));
            climb.clear();
            // It may have failed before anything was read, and be the next again.
            end(current, Math.max(pauseNs, RETRY_MS * NS_PER_MS));
            return;
        }
        end(current, pauseNs);
    }

    private static boolean stands(Run current) {
        return !current.log.isClosed() && current.log.files().segments().has(current.row.segment());
    }

    private void failed(Run current, DiskException failure) {
        if (!stands(current) || closed) {
            return;
        }
        SegmentRow row = current.row;
        boolean damaged = SegmentDamagedException.isCauseOf(failure);
        boolean itself = failure.path()
                .equals(SegmentNames.log(row.segment().directory(), row.baseOffset())
                        .toString());
        if (damaged && !itself) {
            current.log.quarantine().found(current.sight, failure, Quarantine.FoundBy.SCRUB);
        } else if (damaged && current.log.files().isUnchanged(current.plan)) {
            // That the log start moved, or others of its segments went, changes nothing about this one.
            current.log.quarantine().found(failure, Quarantine.FoundBy.SCRUB);
        } else if (damaged) {
            // It may have been cut or replaced under the look at it: whoever it is by then is looked at again.
            wanted.putIfAbsent(row.segment(), current.log);
        } else {
            slot.failed();
            remember(row.segment());
            LOG.warn(
                    "event=scrub-failed log={} segment={} cause=\"{}\" effect=\"tried again in the next round\"",
                    current.log.identity(),
                    current.row.baseOffset(),
                    failure.getMessage());
        }
    }

    private void remember(Segment segment) {
        failed.put(segment, loop.clock().monotonicNs());
        if (failed.size() > MAX_FAILED) {
            failed.remove(failed.keySet().iterator().next());
        }
    }

    private void end(Run current, long pauseNs) {
        pool.submit(
                () -> {
                    current.scrub.close();
                    return true;
                },
                (done, failure) -> {
                    running = null;
                    slot.give();
                    if (closed) {
                        return;
                    }
                    // The rate holds across segments, however short they are.
                    after(pauseNs, this::next);
                });
    }
}
