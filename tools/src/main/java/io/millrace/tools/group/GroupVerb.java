package io.millrace.tools.group;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Everything about consumer groups, each in a verb of its own. */
@Command(
        name = "group",
        mixinStandardHelpOptions = true,
        description = "Lists, describes, measures, resets and deletes consumer groups.",
        subcommands = {
            GroupListVerb.class,
            GroupDescribeVerb.class,
            GroupLagVerb.class,
            GroupResetVerb.class,
            GroupDeleteVerb.class
        },
        footer = {"", "Example: millrace group describe billing"})
public final class GroupVerb implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "say what to do with groups: list, describe, lag, reset or delete");
    }
}
