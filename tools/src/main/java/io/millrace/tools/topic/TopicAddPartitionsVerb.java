package io.millrace.tools.topic;

import io.millrace.client.admin.Admin;
import io.millrace.client.error.UnknownTopicException;
import io.millrace.tools.shell.Outcome;
import io.millrace.tools.shell.Plural;
import io.millrace.tools.shell.ServerOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Gives a topic more partitions. */
@Command(
        name = "add-partitions",
        mixinStandardHelpOptions = true,
        description = "Gives a topic more partitions. Records stay where they are; new ones of a key may go elsewhere.",
        footer = {"", "Example: millrace topic add-partitions orders --total 12"})
final class TopicAddPartitionsVerb implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOptions server;

    @Parameters(paramLabel = "NAME", description = "The topic.")
    private String name;

    @Option(names = "--total", required = true, paramLabel = "N", description = "How many it shall have.")
    private int total;

    @Override
    public Integer call() {
        try (Admin admin = Admin.open(server.config())) {
            try {
                Outcome.of(admin.addPartitions(name, total));
            } catch (UnknownTopicException e) {
                throw TopicNames.explain(admin, e);
            }
        }
        spec.commandLine().getOut().println("topic " + name + " has " + Plural.of(total, "partition"));
        return 0;
    }
}
