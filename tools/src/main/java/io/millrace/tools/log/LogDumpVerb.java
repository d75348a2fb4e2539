package io.millrace.tools.log;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.disk.ReadOnlyDisk;
import io.millrace.storage.segment.SegmentFiles;
import io.millrace.storage.segment.SegmentNames;
import io.millrace.storage.segment.SegmentWalk;
import io.millrace.tools.shell.ExitCode;
import io.millrace.tools.shell.OutputOptions;
import io.millrace.tools.shell.VerbException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what segment files hold. */
@Command(
        name = "dump",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the batches of a partition's folder, or of one .log file, and with --records what is in them.",
            "Records that a broker has in its journal and in no segment yet are not shown."
        },
        footer = {
            "",
            "Text that is not printable is escaped as in JSON; bytes that are no UTF-8 are shown in base64.",
            "Examples:",
            "  millrace log dump /var/lib/millrace/orders-0",
            "  millrace log dump /var/lib/millrace/orders-0 --records --from 4711 --to 4720 -O json"
        })
final class LogDumpVerb implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private OutputOptions output;

    @Parameters(
            paramLabel = "FOLDER-or-FILE",
            description = "A partition's folder in a data folder, or one of its .log files.")
    private Path path;

    @Option(names = "--records", description = "Print keys, values and headers, too.")
    private boolean records;

    @Option(names = "--from", paramLabel = "N", defaultValue = "0", description = "Begin at this offset.")
    private long from;

    @Option(names = "--to", paramLabel = "N", description = "Stop before this offset.")
    private @Nullable Long to;

    private boolean damaged;

    @Override
    public Integer call() throws DiskException {
        Long end = to;
        long before = end == null ? Long.MAX_VALUE : end;
        if (from < 0 || before <= from) {
            throw new ParameterException(
                    spec.commandLine(), "--from " + from + " --to " + before + " leaves no offset to print");
        }
        Disk disk = new ReadOnlyDisk();
        List<Path> files = files(disk);
        warnOfBroker(files.getFirst());
        PrintWriter out = spec.commandLine().getOut();
        BatchPrinter printer = output.json()
                ? new JsonBatchPrinter(out, records, from, before)
                : new TextBatchPrinter(out, records, from, before);
        for (int i = 0; i < files.size(); i++) {
            boolean past = i + 1 < files.size() && base(files.get(i + 1)) <= from;
            if (!past && base(files.get(i)) < before) {
                dump(disk, files.get(i), before, printer);
            }
        }
        out.flush();
        return damaged ? ExitCode.FAILED : 0;
    }

    private List<Path> files(Disk disk) throws DiskException {
        if (!disk.exists(path)) {
            throw new VerbException("there is no file or folder " + path);
        }
        if (!disk.isDirectory(path)) {
            if (base(path) < 0) {
                throw new VerbException(path + " is no segment: name a partition's folder, or a file such as "
                        + SegmentNames.log(path.resolveSibling(""), 0).getFileName());
            }
            return List.of(path);
        }
        List<String> names = disk.list(path);
        List<Path> files = new ArrayList<>();
        for (long base : SegmentFiles.baseOffsets(names)) {
            files.add(SegmentNames.log(path, base));
        }
        if (files.isEmpty()) {
            throw new VerbException(
                    names.contains("meta.properties")
                            ? path + " is a whole data folder: name a partition's folder in it, e.g. "
                                    + path.resolve("orders-0")
                            : "there is no segment in " + path
                                    + ": nothing was written to this partition, or it is still in the journal only");
        }
        return files;
    }

    private static long base(Path file) {
        return SegmentNames.baseOffsetOf(String.valueOf(file.getFileName()));
    }

    private void warnOfBroker(Path file) throws DiskException {
        Path folder = file.toAbsolutePath().normalize().getParent();
        Path data = folder == null ? null : folder.getParent();
        if (data == null) {
            return;
        }
        try (FolderLock lock = FolderLock.take(data)) {
            if (lock == null) {
                spec.commandLine()
                        .getErr()
                        .println(
                                "a broker is using " + data
                                        + ": the newest records may be in its journal only, and the last batch be half written");
            }
        }
    }

    private void dump(Disk disk, Path path, long before, BatchPrinter printer) throws DiskException {
        try (DiskFile file = disk.open(path)) {
            printer.file(path);
            SegmentWalk.walk(file, file.length(), base(path), new SegmentWalk.Visitor() {
                @Override
                public void batch(RecordBatchView batch, long filePosition) {
                    if (batch.lastOffset() >= from && batch.baseOffset() < before) {
                        printer.batch(batch, filePosition);
                    }
                }

                @Override
                public void damaged(long filePosition, long endOffset, long resumesAt, String message) {
                    damaged = true;
                    printer.damaged(filePosition, endOffset, resumesAt, message);
                    spec.commandLine()
                            .getErr()
                            .println("millrace: " + path + " is damaged at byte " + filePosition + ", behind offset "
                                    + endOffset + ": " + message);
                }
            });
        }
    }
}
