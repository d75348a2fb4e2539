package io.millrace.bench.spike;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** {@code StorageSpike probe DIR | matrix DIR CSV ROUND | sweep DIR CSV ROUND | tune DIR CSV ROUND | prove DIR | table CSV}: one process per round; see docs/benchmarks/spike/run.sh. */
public final class StorageSpike {
    static final String HEADER =
            "partitions,batchBytes,loop,candidate,MBps,cpuSecPerGiB,machineCpuSecPerGiB,p50Ms,p99Ms,KiBPerAckSync,ackSyncs,segmentSyncs";
    private static final int KIB = 1024;
    private static final List<String> CANDIDATES =
            List.of("a-file-per-partition", "b-journal", "c-journal-bypass", "d-journal-direct");

    private final Path folder;
    private final Path csv;
    private final int round;
    private final ByteBuffer source = ByteBuffer.allocateDirect(16 << 20);

    private StorageSpike(Path folder, Path csv, int round) {
        this.folder = folder;
        this.csv = csv;
        this.round = round;
        SplittableRandom random = new SplittableRandom(7);
        while (source.hasRemaining()) {
            source.putLong(random.nextLong());
        }
        source.clear();
    }

    /** Runs one part of the spike; see the class comment. */
    public static void main(String[] args) throws IOException, InterruptedException {
        switch (args[0]) {
            case "probe" -> new BoxProbe(Path.of(args[1])).run();
            case "table" -> new MedianTable(Path.of(args[1])).print();
            case "matrix" -> new StorageSpike(Path.of(args[1]), Path.of(args[2]), Integer.parseInt(args[3])).matrix();
            case "sweep" -> new StorageSpike(Path.of(args[1]), Path.of(args[2]), Integer.parseInt(args[3])).sweep();
            case "tune" -> new StorageSpike(Path.of(args[1]), Path.of(args[2]), Integer.parseInt(args[3])).tune();
            case "prove" -> new StorageSpike(Path.of(args[1]), Path.of("none"), 0).prove();
            default -> throw new IllegalArgumentException("probe, matrix, sweep, tune, prove or table, not " + args[0]);
        }
    }

    private void matrix() throws IOException, InterruptedException {
        warmUp();
        for (int batchBytes : new int[] {KIB, 100 * KIB}) {
            boolean small = batchBytes == KIB;
            for (int partitions : new int[] {1, 16, 64, 256}) {
                row(new LoadShape(partitions, batchBytes, 0, small ? 512 : 32, 1_200), CANDIDATES);
                row(new LoadShape(partitions, batchBytes, small ? 4_000 : 300, 0, 1_200), CANDIDATES);
            }
        }
    }

    /** Where does the bypass begin to pay, and does syncfs beat fdatasync in write-behind? */
    private void sweep() throws IOException, InterruptedException {
        warmUp();
        for (int batchKib : new int[] {64, 128, 256, 512, 1024}) {
            for (int partitions : new int[] {1, 16}) {
                row(
                        new LoadShape(partitions, batchKib * KIB, 0, Math.max(4, 4096 / batchKib), 1_000),
                        List.of("b-journal", "c-journal-bypass", "d-journal-direct"));
            }
        }
        for (int partitions : new int[] {16, 64, 256}) {
            row(new LoadShape(partitions, KIB, 0, 512, 1_000), List.of("b-journal", "b-write-behind-fdatasync"));
            row(new LoadShape(partitions, KIB, 20_000, 0, 1_000), List.of("b-journal", "b-write-behind-fdatasync"));
        }
    }

    /** How much may be dirty before write-behind syncs, by which call, and how large may a group be? */
    private void tune() throws IOException, InterruptedException {
        warmUp();
        List<String> dirty = List.of(
                "b-fdatasync-dirty-2MiB",
                "b-write-behind-fdatasync",
                "b-fdatasync-dirty-32MiB",
                "b-syncfs-dirty-2MiB",
                "b-journal",
                "b-syncfs-dirty-32MiB",
                "d-direct-fdatasync");
        for (int partitions : new int[] {6, 64, 256}) {
            row(new LoadShape(partitions, KIB, 0, 512, 1_000), dirty);
            row(new LoadShape(partitions, KIB, 50_000, 0, 1_500), dirty);
        }
        List<String> groups =
                List.of("b-group-512KiB", "b-group-1MiB", "b-write-behind-fdatasync", "d-direct-fdatasync");
        row(new LoadShape(16, 100 * KIB, 0, 32, 1_000), groups);
        row(new LoadShape(16, 100 * KIB, 1_000, 0, 1_500), groups);
    }

    /** One run of (b), to be counted by strace from outside: its syncs must be the calls the kernel saw. */
    private void prove() throws IOException, InterruptedException {
        Outcome outcome = run("b-journal", new LoadShape(64, KIB, 4_000, 0, 2_000));
        System.out.printf(
                "ackSyncs=%d segmentSyncs=%d MBps=%.1f%n",
                outcome.ackSyncs(), outcome.segmentSyncs(), outcome.megabytesPerSecond());
    }

    private void warmUp() throws IOException, InterruptedException {
        for (int batchBytes : new int[] {KIB, 100 * KIB}) {
            for (String candidate : CANDIDATES) {
                run(candidate, new LoadShape(16, batchBytes, 0, 64, 700));
            }
        }
    }

    private void row(LoadShape load, List<String> candidates) throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        List<String> rotated = new ArrayList<>(candidates);
        Collections.rotate(
                rotated, round); // each candidate takes each place in turn: a run feels what the one before left
        for (String candidate : rotated) {
            String line =
                    load.key() + "," + candidate + "," + run(candidate, load).csv();
            System.out.println(line);
            lines.add(line);
        }
        if (!Files.exists(csv)) {
            lines.addFirst(HEADER);
        }
        Files.write(csv, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private Outcome run(String name, LoadShape load) throws IOException, InterruptedException {
        Path runFolder = Files.createTempDirectory(folder, "run");
        Tail tail = new Tail();
        try (Candidate candidate = candidate(name, runFolder, tail, load.partitions())) {
            return new Run(load, candidate, tail, source).measure();
        } finally {
            delete(runFolder);
            try (NativeSync fileSystem = NativeSync.of(folder)) {
                fileSystem.syncfs();
            }
        }
    }

    private Candidate candidate(String name, Path runFolder, Tail tail, int partitions) throws IOException {
        if (name.startsWith("a")) {
            return new FilePerPartition(runFolder, tail, partitions);
        }
        SharedJournal.Options buffered = SharedJournal.Options.BUFFERED;
        SharedJournal.Options options = switch (name) {
            case "b-journal" -> buffered;
            case "b-write-behind-fdatasync" -> buffered.withSyncfsFrom(Integer.MAX_VALUE);
            case "b-fdatasync-dirty-2MiB" ->
                buffered.withSyncfsFrom(Integer.MAX_VALUE).withDirtyLimit(2 << 20);
            case "b-fdatasync-dirty-32MiB" ->
                buffered.withSyncfsFrom(Integer.MAX_VALUE).withDirtyLimit(32 << 20);
            case "b-syncfs-dirty-2MiB" -> buffered.withDirtyLimit(2 << 20);
            case "b-syncfs-dirty-32MiB" -> buffered.withDirtyLimit(32 << 20);
            case "b-group-512KiB" -> buffered.withSyncfsFrom(Integer.MAX_VALUE).withGroupLimit(512 << 10);
            case "b-group-1MiB" -> buffered.withSyncfsFrom(Integer.MAX_VALUE).withGroupLimit(1 << 20);
            case "d-direct-fdatasync" -> buffered.withDirect().withSyncfsFrom(Integer.MAX_VALUE);
            case "c-journal-bypass" -> buffered.withBypassOver(64 * KIB);
            case "d-journal-direct" -> buffered.withDirect();
            default -> throw new IllegalArgumentException(name);
        };
        // Direct writes evict cached pages, so each kind keeps files of its own and finds them as it left them.
        Path journalFolder = Files.createDirectories(folder.resolve(options.direct() ? "direct" : "buffered"));
        return new SharedJournal(journalFolder, runFolder, tail, partitions, options);
    }

    private static void delete(Path runFolder) throws IOException {
        try (Stream<Path> files = Files.list(runFolder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(runFolder);
    }
}
