package io.millrace.tools.log;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Everything about data folders, each in a verb of its own. */
@Command(
        name = "log",
        mixinStandardHelpOptions = true,
        description =
                "Looks into data folders without a broker. Only index writes: files that can be made from the segments.",
        subcommands = {LogDumpVerb.class, LogVerifyVerb.class, LogIndexVerb.class},
        footer = {"", "Example: millrace log verify /var/lib/millrace"})
public final class LogVerb implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do with a data folder: dump, verify or index");
    }
}
