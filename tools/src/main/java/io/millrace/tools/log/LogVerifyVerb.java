package io.millrace.tools.log;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.replication.folder.DataFolderException;
import io.millrace.replication.folder.FolderCheck;
import io.millrace.replication.metadatalog.MetadataCheck;
import io.millrace.replication.metadatalog.MetadataLogException;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.ReadOnlyDisk;
import io.millrace.storage.inspect.DirectoryInspection;
import io.millrace.storage.inspect.Fault;
import io.millrace.storage.inspect.InspectedFile;
import io.millrace.tools.shell.ExitCode;
import io.millrace.tools.shell.Json;
import io.millrace.tools.shell.OutputOptions;
import io.millrace.tools.shell.Plural;
import io.millrace.tools.shell.VerbException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks every byte of a data folder. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Reads all of a stopped broker's data folder and names what is damaged: batches, indexes, .side files,",
            "checkpoints, journals, metadata. Changes nothing; exits with code 1 when something is damaged."
        },
        footer = {
            "",
            "After a crash a folder has left-overs that the next start mends; they are named and are no damage.",
            "Example: millrace log verify /var/lib/millrace --quiet"
        })
final class LogVerifyVerb implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private OutputOptions output;

    @Parameters(paramLabel = "DATA-DIR", description = "The folder that log.dirs names.")
    private Path folder;

    @Option(names = "--quiet", description = "Print only files that are not good.")
    private boolean quiet;

    private int files;
    private int damagedFiles;
    private int leftOvers;

    @Override
    public Integer call() throws DiskException {
        Disk disk = new ReadOnlyDisk();
        if (!disk.isDirectory(folder)) {
            throw new VerbException("there is no folder " + folder + ": name the one that log.dirs names");
        }
        String identity;
        try {
            identity = FolderCheck.identify(disk, folder);
        } catch (DataFolderException e) {
            throw new VerbException(String.valueOf(e.getMessage()), e);
        }
        try (FolderLock lock = FolderLock.take(folder)) {
            if (lock == null) {
                throw new VerbException(
                        "a broker is using " + folder
                                + ", so its files change while they are read: stop it, or verify a copy or snapshot of the folder");
            }
            boolean clean = DirectoryInspection.run(disk, folder, this::tell);
            metadata(disk, clean);
            spec.commandLine().getOut().flush();
            summarise(identity, clean);
        }
        return damagedFiles > 0 ? ExitCode.FAILED : 0;
    }

    private void metadata(Disk disk, boolean clean) throws DiskException {
        Path metadata = folder.resolve("metadata");
        if (!disk.exists(metadata)) {
            return;
        }
        try {
            MetadataCheck.Found found = MetadataCheck.read(disk, metadata);
            Path active = metadata.resolve(found.activeName());
            List<Fault> faults = found.tornBytes() == 0
                    ? List.of()
                    : List.of(new Fault(
                            clean ? Fault.Weight.DAMAGE : Fault.Weight.LEFT_OVER,
                            active,
                            found.intactBytes(),
                            null,
                            found.endOffset(),
                            "the last " + found.tornBytes() + " bytes are no whole frame"));
            tell(new InspectedFile(
                    active,
                    null,
                    found.intactBytes() + found.tornBytes(),
                    "metadata up to offset " + found.endOffset(),
                    faults));
        } catch (MetadataLogException e) {
            Fault fault = new Fault(Fault.Weight.DAMAGE, metadata, -1, null, -1, String.valueOf(e.getMessage()));
            tell(new InspectedFile(metadata, null, 0, "metadata", List.of(fault)));
        }
    }

    private void tell(InspectedFile file) {
        files++;
        damagedFiles += file.damaged() ? 1 : 0;
        leftOvers += !file.damaged() && !file.faults().isEmpty() ? 1 : 0;
        if (quiet && file.faults().isEmpty()) {
            return;
        }
        if (output.json()) {
            Json.printLine(spec.commandLine().getOut(), json(file));
        } else {
            print(file);
        }
    }

    private void print(InspectedFile file) {
        PrintWriter out = spec.commandLine().getOut();
        String verdict = file.damaged() ? "DAMAGED" : file.faults().isEmpty() ? "ok" : "left-over";
        out.println(verdict + "\t" + name(file.file()) + "\t" + file.lengthBytes() + " bytes\t" + file.content());
        for (Fault fault : file.faults()) {
            String log = fault.log();
            out.println("\t"
                    + (fault.weight() == Fault.Weight.DAMAGE ? "damage" : "left-over")
                    + (log == null ? "" : " in " + log)
                    + (fault.offset() < 0 ? "" : " at offset " + fault.offset())
                    + (fault.filePosition() < 0 ? "" : ", " + name(fault.file()) + " byte " + fault.filePosition())
                    + ": " + fault.what());
        }
    }

    private ObjectNode json(InspectedFile file) {
        String log = file.log();
        ObjectNode document = Json.object()
                .put("file", name(file.file()))
                .put("topic", log == null ? null : log.substring(0, log.lastIndexOf('-')))
                .put("partition", log == null ? null : Integer.valueOf(log.substring(log.lastIndexOf('-') + 1)))
                .put("bytes", file.lengthBytes())
                .put("content", file.content())
                .put("damaged", file.damaged());
        ArrayNode faults = document.putArray("faults");
        for (Fault fault : file.faults()) {
            faults.addObject()
                    .put("damage", fault.weight() == Fault.Weight.DAMAGE)
                    .put("position", fault.filePosition() < 0 ? null : Long.valueOf(fault.filePosition()))
                    .put("offset", fault.offset() < 0 ? null : Long.valueOf(fault.offset()))
                    .put("what", fault.what());
        }
        return document;
    }

    private String name(Path file) {
        return file.startsWith(folder) ? folder.relativize(file).toString() : file.toString();
    }

    private void summarise(String identity, boolean clean) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("read " + Plural.of(files, "file") + " of " + identity + ", "
                + (clean ? "stopped cleanly" : "not stopped cleanly"));
        if (leftOvers > 0) {
            err.println(Plural.of(leftOvers, "file")
                    + " with left-overs of a crash, nothing that was acknowledged: the next start mends them");
        }
        if (damagedFiles > 0) {
            err.println("millrace: " + Plural.of(damagedFiles, "file") + " damaged in " + folder
                    + ": keep a copy before you start a broker on it; what an index or .side file holds is in its .log"
                    + " too, the rest has to come from a backup or a replica");
        } else {
            err.println("nothing is damaged");
        }
        err.flush();
    }
}
