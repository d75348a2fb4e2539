package io.millrace.simulation.recovery;

import io.millrace.simulation.SimRandom;
import io.millrace.simulation.disk.DiskOperation;
import io.millrace.simulation.disk.SimDisk;
import io.millrace.simulation.disk.Survival;
import io.millrace.simulation.recovery.planted.PlantedBug;
import io.millrace.storage.disk.DiskException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One workload, cut at every operation that changes the disk, each time with several sets of surviving sectors. For each:
 *
 * <ul>
 *   <li>R1 every log is as it was after some prefix of what happened to it, and the prefix holds all that was reported durable
 *       (after a killed process: written); bytes, order and offsets are equal, producers and epochs known;
 *   <li>R2 recovering again, and recovering after a cut during recovery, finds the same;
 *   <li>R5 without indexes, side files and the like, recovery finds the same.
 * </ul>
 *
 * A point is (workload, disk operation, surviving sectors). Owned by the calling thread.
 */
public final class RecoveryCheck {

    private final RecoveryReport report;
    private final PlantedBug bug;
    private final int drawsPerOperation;
    private final long maxPoints;
    private long seed;
    private @Nullable Violation firstFinding;
    private WorkloadShape shape = WorkloadShape.draw(new SimRandom(0), new SimRandom(0), new SimRandom(0));

    /**
     * @param bug {@link PlantedBug#NONE} for the engine as it is
     * @param drawsPerOperation surviving sets tried at each operation, those included that turn out equal
     * @param maxPoints stops looking, though not working, once the report has so many
     */
    public RecoveryCheck(RecoveryReport report, PlantedBug bug, int drawsPerOperation, long maxPoints) {
        this.report = report;
        this.bug = bug;
        this.drawsPerOperation = drawsPerOperation;
        this.maxPoints = maxPoints;
    }

    /** What a failing run printed, to go straight to the failing point; operation 0 checks all of them. */
    public record Focus(long operation, int draw) {
        public static final Focus ALL = new Focus(0, 0);
    }

    /**
     * Runs the workload of a seed.
     *
     * @return digest of everything that happened, equal for equal seeds
     * @throws Violation naming seed, operation and draw
     */
    public long run(long workloadSeed, Focus focus) {
        seed = workloadSeed;
        SimRandom random = new SimRandom(workloadSeed);
        shape = WorkloadShape.draw(
                random, new SimRandom(SimRandom.mix(workloadSeed)), new SimRandom(SimRandom.mix(~workloadSeed)));
        SimDisk platter = new SimDisk(random.split());
        platter.faults().syncsFileSystems(shape.syncFileSystem());
        try {
            platter.createDirectories(StoreProcess.FOLDER);
            platter.syncDirectory(Path.of("/"));
            Progress progress = new Progress();
            platter.probe((number, operation, path) -> atOperation(progress, platter, focus, number, operation, path));
            Workload workload = new Workload(random.split(), shape, platter, bug, progress.histories);
            workload.run();
            Violation atPoint = firstFinding;
            if (atPoint != null) {
                throw atPoint;
            }
            report.workload(platter.operations());
            report.compactions(workload.compactions());
            return SimRandom.mix(platter.trace().value()
                    + 31 * workload.process().scheduler().trace().value());
        } catch (IOException e) {
            throw found(e);
        } catch (RuntimeException e) {
            throw found(e);
        }
    }

    /** What a point found counts, whatever the engine made of the exception. */
    private Violation found(Exception problem) {
        Violation atPoint = firstFinding;
        return atPoint != null
                ? atPoint
                : new Violation(
                        "seed " + seed + ", the workload: " + problem + "\n  replay: RecoveryMain --seed " + seed
                                + "\n  " + shape,
                        problem);
    }

    /** Shared with the workload: the logs there are. */
    private static final class Progress {
        private final List<LogHistory> histories = new ArrayList<>();
    }

    private void atOperation(
            Progress progress, SimDisk platter, Focus focus, long number, DiskOperation operation, Path path) {
        boolean wanted = operation.changesDisk() && (focus.operation == 0 || focus.operation == number);
        if (!wanted || report.distinctPoints() >= maxPoints) {
            return;
        }
        Set<Long> seen = new HashSet<>();
        for (int draw = 0; draw < drawsPerOperation; draw++) {
            if (focus.operation == 0 || focus.draw == draw) {
                atPoint(progress, platter, number, operation, path, draw, seen);
            }
        }
    }

    private void atPoint(
            Progress progress,
            SimDisk platter,
            long number,
            DiskOperation operation,
            Path path,
            int draw,
            Set<Long> seen) {
        SimRandom random = new SimRandom(SimRandom.mix(seed + 31 * SimRandom.mix(number * 31 + draw)));
        boolean killOnly = draw == 1;
        SimDisk image = platter.afterPowerCut(
                switch (draw) {
                    case 0 -> Survival.syncedOnly();
                    case 1 -> Survival.everything();
                    default -> Survival.random(random);
                },
                random.split());
        long digest = image.digest();
        if (!seen.add(digest) && !killOnly) {
            return;
        }
        report.point(seed, number, digest);
        try {
            boolean writtenCounts = killOnly && !platter.faults().syncHasFailed();
            new Point(progress.histories, image, random, writtenCounts).check();
        } catch (RuntimeException e) {
            firstFinding = new Violation(
                    "seed " + seed + ", power cut before disk operation " + number + " (" + operation + " " + path
                            + "), survival draw " + draw
                            + (draw == 0 ? " (synced only)" : draw == 1 ? " (all written)" : "")
                            + ": " + (e instanceof Violation ? e.getMessage() : e) + "\n  replay: RecoveryMain --seed "
                            + seed + " --operation " + number + " --draw " + draw
                            + (bug == PlantedBug.NONE ? "" : " --bug " + bug) + "\n  " + shape,
                    e);
            throw firstFinding;
        }
    }

    /** One disk that a start may find, and what it must make of it. */
    private final class Point {
        private final List<LogHistory> histories;
        private final SimDisk image;
        private final SimRandom random;
        private final boolean killOnly;

        private Point(List<LogHistory> histories, SimDisk image, SimRandom random, boolean killOnly) {
            this.histories = histories;
            this.image = image;
            this.random = random;
            this.killOnly = killOnly;
        }

        private void check() {
            SimDisk toCut = random.oneIn(3) ? copyOfImage() : null;
            SimDisk toRebuild = random.oneIn(6) ? copyOfImage() : null;
            int shards = random.between(1, 3);
            StoreProcess process = boot(image, shards);
            report.recovery();
            Map<LogHistory, ModelLog> settled = new LinkedHashMap<>();
            Map<String, FoundLog> found = checkPrefixes(process, settled);
            if (random.oneIn(3)) {
                checkAgain(
                        image.afterPowerCut(Survival.random(random), random.split()),
                        found,
                        settled,
                        "recovered twice");
            }
            if (toCut != null) {
                checkCutRecovery(toCut, found, settled, image.operations());
            }
            if (toRebuild != null) {
                checkRebuilt(toRebuild, found, settled);
            }
            checkDerived(process, settled);
        }

        /** What is computed from batches, however it was computed. */
        private void checkDerived(StoreProcess process, Map<LogHistory, ModelLog> settled) {
            settled.forEach((history, state) -> {
                Probes.epochsKnown(process, history, state, shape.compaction().isOn());
                // Truncated batches may have been the ones that compaction left for their producer.
                if (!shape.compaction().isOn() || !shape.truncates()) {
                    Probes.producersKnown(process, history, state);
                }
            });
        }

        private SimDisk copyOfImage() {
            return image.afterPowerCut(Survival.everything(), random.split());
        }

        private StoreProcess boot(SimDisk disk, int shards) {
            disk.faults().syncsFileSystems(shape.syncFileSystem());
            return StoreProcess.start(bug.over(disk), random.split(), shards, StoreSettings.config(shape));
        }

        private Map<String, FoundLog> checkPrefixes(StoreProcess process, Map<LogHistory, ModelLog> settled) {
            Map<String, FoundLog> found = readAll(process);
            Map<String, FoundLog> unknown = new LinkedHashMap<>(found);
            for (LogHistory history : histories) {
                FoundLog log = found.getOrDefault(key(history), FoundLog.ABSENT);
                unknown.remove(key(history));
                int from = killOnly ? history.writtenEvents() : history.durableEvents();
                int prefix = history.prefixFor(log, from, history.eventCount());
                if (prefix < 0) {
                    throw new Violation(explain(history, log, from));
                }
                if (log.damage() != null) {
                    throw new Violation(history.identity() + ": reports damage on an honest disk: " + log.damage());
                }
                if (log.highWatermark() > Math.max(history.highestWatermark(), log.startOffset())) {
                    throw new Violation(history.identity() + ": recovered high watermark " + log.highWatermark()
                            + " was never told (highest " + history.highestWatermark() + ")\n  found   " + log
                            + "\n  events  " + history.lastEvents(12));
                }
                ModelLog state = history.after(prefix);
                state.startSettled(log.startOffset());
                settled.put(history, state);
            }
            if (!unknown.isEmpty()) {
                throw new Violation("logs that nobody created: " + unknown.keySet());
            }
            return found;
        }

        private String explain(LogHistory history, FoundLog log, int from) {
            int lost = history.prefixFor(log, 0, from);
            String verdict = lost >= 0
                    ? "LOST: is as after event " + lost + " of " + history.eventCount() + ", but " + from + " were "
                            + (killOnly ? "written" : "durable")
                    : "matches no prefix of its " + history.eventCount() + " events, " + from + " of them "
                            + (killOnly ? "written" : "durable");
            return history.identity() + " " + verdict + "\n  found   " + log + "\n  durable " + history.after(from)
                    + "\n  memory  " + history.now() + "\n  events  " + history.lastEvents(12);
        }

        private void checkAgain(
                SimDisk disk, Map<String, FoundLog> expected, Map<LogHistory, ModelLog> settled, String what) {
            StoreProcess process = boot(disk, random.between(1, 3));
            compare(expected, readAll(process), what);
            try {
                checkDerived(process, settled);
            } catch (Violation e) {
                throw new Violation(what + ": " + e.getMessage(), e);
            }
        }

        private void checkCutRecovery(
                SimDisk disk, Map<String, FoundLog> expected, Map<LogHistory, ModelLog> settled, long operations) {
            long cutAt = random.between(1L, Math.max(1, operations));
            List<SimDisk> cut = new ArrayList<>();
            disk.probe((number, operation, path) -> {
                if (number >= cutAt && cut.isEmpty() && operation.changesDisk()) {
                    cut.add(disk.afterPowerCut(Survival.random(random), random.split()));
                }
            });
            boot(disk, random.between(1, 3));
            for (SimDisk left : cut) {
                report.cutRecovery();
                checkAgain(left, expected, settled, "cut at operation " + cutAt + " of recovery and recovered");
            }
        }

        private void checkRebuilt(SimDisk disk, Map<String, FoundLog> expected, Map<LogHistory, ModelLog> settled) {
            try {
                for (Path path : List.copyOf(disk.fileLengths().keySet())) {
                    if (StoreSettings.isDerived(path)) {
                        disk.delete(path);
                    }
                }
            } catch (DiskException e) {
                throw new IllegalStateException(e);
            }
            report.rebuild();
            checkAgain(disk, expected, settled, "recovered without derived files");
        }

        private Map<String, FoundLog> readAll(StoreProcess process) {
            Map<String, FoundLog> found = new LinkedHashMap<>();
            process.logs()
                    .forEach(log -> found.put(
                            log.identity().topicId() + "-" + log.identity().partition(), process.read(log)));
            return found;
        }

        private String key(LogHistory history) {
            return history.identity().topicId() + "-" + history.identity().partition();
        }

        private void compare(Map<String, FoundLog> expected, Map<String, FoundLog> found, String what) {
            for (Map.Entry<String, FoundLog> entry : expected.entrySet()) {
                FoundLog other = found.getOrDefault(entry.getKey(), FoundLog.ABSENT);
                boolean readable = entry.getValue().damage() == null;
                if (readable && !other.sameRecords(entry.getValue())) {
                    throw new Violation("not the same when " + what + ": " + entry.getKey() + "\n  first  "
                            + entry.getValue() + "\n  then   " + other);
                }
            }
            if (found.size() != expected.size()) {
                throw new Violation(
                        "not the same when " + what + ": logs " + expected.keySet() + ", then " + found.keySet());
            }
        }
    }
}
