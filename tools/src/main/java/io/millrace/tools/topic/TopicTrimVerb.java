package io.millrace.tools.topic;

import io.millrace.client.admin.Admin;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.error.UnknownTopicException;
import io.millrace.tools.shell.Outcome;
import io.millrace.tools.shell.ServerOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Deletes the oldest records of a partition. */
@Command(
        name = "trim",
        mixinStandardHelpOptions = true,
        description = "Deletes the oldest records of a partition for good.",
        footer = {"", "Example: millrace topic trim orders --partition 2 --before 150000"})
final class TopicTrimVerb implements Callable<Integer> {

    /** All that is committed, in the protocol's words. */
    private static final long ALL = -1;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOptions server;

    @Parameters(paramLabel = "NAME", description = "The topic.")
    private String name;

    @Option(names = "--partition", required = true, paramLabel = "N", description = "The partition.")
    private int partition;

    @ArgGroup(multiplicity = "1")
    private Extent extent = new Extent();

    /** How much goes; one of the two. */
    private static final class Extent {

        @Option(names = "--before", required = true, paramLabel = "OFFSET", description = "Records below this offset.")
        private long before = ALL;

        @Option(names = "--all", required = true, description = "Everything that is there now.")
        private boolean all;
    }

    @Override
    public Integer call() {
        long start;
        try (Admin admin = Admin.open(server.config())) {
            try {
                start = Outcome.of(
                        admin.deleteRecords(new TopicPartition(name, partition), extent.all ? ALL : extent.before));
            } catch (UnknownTopicException e) {
                throw TopicNames.explain(admin, e);
            }
        }
        spec.commandLine().getOut().println(name + "-" + partition + " starts at offset " + start);
        return 0;
    }
}
