package io.millrace.tools.topic;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Everything about topics, each in a verb of its own. */
@Command(
        name = "topic",
        mixinStandardHelpOptions = true,
        description = "Creates, lists, describes, changes and deletes topics.",
        subcommands = {
            TopicCreateVerb.class,
            TopicListVerb.class,
            TopicDescribeVerb.class,
            TopicConfigVerb.class,
            TopicAddPartitionsVerb.class,
            TopicTrimVerb.class,
            TopicDeleteVerb.class
        },
        footer = {"", "Example: millrace topic create orders --partitions 6"})
public final class TopicVerb implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "say what to do with topics: create, list, describe, config, add-partitions, trim or delete");
    }
}
