package io.millrace.tools.log;

import io.millrace.replication.folder.DataFolderException;
import io.millrace.replication.folder.FolderCheck;
import io.millrace.runtime.SystemClock;
import io.millrace.storage.checkpoint.BootRecord;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.NioDisk;
import io.millrace.storage.engine.LogDirectory;
import io.millrace.storage.engine.SideRebuild;
import io.millrace.tools.shell.ExitCode;
import io.millrace.tools.shell.Json;
import io.millrace.tools.shell.OutputOptions;
import io.millrace.tools.shell.Plural;
import io.millrace.tools.shell.VerbException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes what is derived from the segments again. */
@Command(
        name = "index",
        mixinStandardHelpOptions = true,
        description = {
            "Makes the .side files (indexes, producers, epochs) of a stopped broker's folder again that are missing or damaged.",
            "Reads every sealed segment; changes nothing else. Exits with code 1 when a segment itself is damaged."
        },
        footer = {
            "",
            "A running broker does the same in the background; this is for a folder that is to be fast from its start.",
            "Example: millrace log index /var/lib/millrace"
        })
final class LogIndexVerb implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private OutputOptions output;

    @Parameters(paramLabel = "DATA-DIR", description = "The folder that log.dirs names.")
    private Path folder;

    private final Told told = new Told();

    /** Prints what was done, and counts. */
    private final class Told implements SideRebuild.Listener {

        private int sound;
        private int made;
        private int damaged;

        @Override
        public void sound(Path side) {
            sound++;
        }

        @Override
        public void made(Path side) {
            made++;
            print(side, null);
        }

        @Override
        public void damaged(Path log, String what) {
            damaged++;
            print(log, what);
        }

        private void print(Path file, @Nullable String damage) {
            PrintWriter out = spec.commandLine().getOut();
            String name = folder.relativize(file).toString();
            if (output.json()) {
                Json.printLine(
                        out,
                        Json.object()
                                .put("file", name)
                                .put("made", damage == null)
                                .put("damage", damage));
            } else {
                out.println(damage == null ? "made\t" + name : "DAMAGED\t" + name + "\t" + damage);
            }
        }
    }

    @Override
    public Integer call() throws DiskException {
        Disk disk = new NioDisk();
        if (!disk.isDirectory(folder)) {
            throw new VerbException("there is no folder " + folder + ": name the one that log.dirs names");
        }
        try {
            FolderCheck.identify(disk, folder);
        } catch (DataFolderException e) {
            throw new VerbException(String.valueOf(e.getMessage()), e);
        }
        try (FolderLock lock = FolderLock.take(folder)) {
            if (lock == null) {
                throw new VerbException(
                        "a broker is using " + folder + ": it makes such files again itself, or stop it");
            }
            boolean clean = BootRecord.load(disk, folder.resolve(LogDirectory.JOURNAL_FOLDER))
                            instanceof BootRecord.Found.Valid valid
                    && valid.record().clean();
            if (!clean) {
                throw new VerbException("the broker of " + folder
                        + " did not stop cleanly: start and stop it once, which brings its segments in order");
            }
            new SideRebuild(disk, new SystemClock(), told).run(folder);
        }
        spec.commandLine().getOut().flush();
        PrintWriter err = spec.commandLine().getErr();
        err.println("made " + Plural.of(told.made, ".side file") + ", " + told.sound + " were whole, "
                + Plural.of(told.damaged, "segment") + " damaged");
        err.flush();
        return told.damaged > 0 ? ExitCode.FAILED : 0;
    }
}
