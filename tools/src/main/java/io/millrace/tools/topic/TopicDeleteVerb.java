package io.millrace.tools.topic;

import io.millrace.client.admin.Admin;
import io.millrace.client.error.UnknownTopicException;
import io.millrace.tools.shell.Outcome;
import io.millrace.tools.shell.ServerOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Removes a topic. */
@Command(
        name = "delete",
        mixinStandardHelpOptions = true,
        description = "Deletes a topic with all its records, at once and without asking.",
        footer = {"", "Example: millrace topic delete orders"})
final class TopicDeleteVerb implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOptions server;

    @Parameters(paramLabel = "NAME", description = "The topic.")
    private String name;

    @Override
    public Integer call() {
        try (Admin admin = Admin.open(server.config())) {
            try {
                Outcome.of(admin.deleteTopic(name));
            } catch (UnknownTopicException e) {
                throw TopicNames.explain(admin, e);
            }
        }
        spec.commandLine().getOut().println("deleted topic " + name);
        return 0;
    }
}
