package io.millrace.tools;

import io.millrace.tools.group.GroupVerb;
import io.millrace.tools.log.LogVerb;
import io.millrace.tools.records.ConsumeVerb;
import io.millrace.tools.records.ProduceVerb;
import io.millrace.tools.server.CheckConfigVerb;
import io.millrace.tools.server.DevVerb;
import io.millrace.tools.server.ServerVerb;
import io.millrace.tools.server.TrainVerb;
import io.millrace.tools.shell.BuildVersion;
import io.millrace.tools.shell.ExitCode;
import io.millrace.tools.shell.UserMessage;
import io.millrace.tools.topic.TopicVerb;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command's root: only help and version; every verb is a class of its own. */
@Command(
        name = "millrace",
        description = "A streaming log broker that speaks the Kafka protocol.",
        mixinStandardHelpOptions = true,
        versionProvider = BuildVersion.class,
        subcommands = {
            DevVerb.class,
            ServerVerb.class,
            CheckConfigVerb.class,
            TopicVerb.class,
            GroupVerb.class,
            ProduceVerb.class,
            ConsumeVerb.class,
            LogVerb.class,
            TrainVerb.class
        },
        footer = {"", "Try it: millrace dev"})
public final class Millrace implements Runnable {

    @Spec
    private CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Runs one command line; the exit code. */
    public static int run(String... arguments) {
        return new CommandLine(new Millrace())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, commandLine, result) -> {
                    commandLine.getErr().println("millrace: " + UserMessage.of(failure));
                    return ExitCode.FAILED;
                })
                .setParameterExceptionHandler((failure, ignored) -> {
                    CommandLine commandLine = failure.getCommandLine();
                    commandLine.getErr().println("millrace: " + failure.getMessage());
                    commandLine
                            .getErr()
                            .println("Try 'millrace"
                                    + commandLine
                                            .getCommandSpec()
                                            .qualifiedName(" ")
                                            .replaceFirst("millrace", "")
                                    + " --help'.");
                    return ExitCode.USAGE;
                })
                .execute(arguments);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do: a verb such as dev");
    }
}
