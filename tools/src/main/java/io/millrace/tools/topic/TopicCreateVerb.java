package io.millrace.tools.topic;

import io.millrace.client.admin.Admin;
import io.millrace.client.admin.CreatedTopic;
import io.millrace.client.admin.NewTopic;
import io.millrace.tools.shell.Outcome;
import io.millrace.tools.shell.Plural;
import io.millrace.tools.shell.ServerOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a topic. */
@Command(
        name = "create",
        mixinStandardHelpOptions = true,
        description = "Creates a topic.",
        footer = {
            "",
            "Examples:",
            "  millrace topic create orders --partitions 6",
            "  millrace topic create clicks --config max.message.bytes=2000000"
        })
final class TopicCreateVerb implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOptions server;

    @Parameters(paramLabel = "NAME", description = "The new topic's name.")
    private String name;

    @Option(names = "--partitions", paramLabel = "N", description = "How many (default: the broker's num.partitions).")
    private @Nullable Integer partitions;

    @Option(names = "--config", paramLabel = "key=value", description = "Topic configuration; may be repeated.")
    private Map<String, String> configs = new LinkedHashMap<>();

    @Override
    public Integer call() {
        NewTopic topic = NewTopic.of(name).withConfigs(configs);
        Integer count = partitions;
        if (count != null) {
            if (count < 1) {
                throw new ParameterException(spec.commandLine(), "--partitions: " + count + " is not at least 1");
            }
            topic = topic.withPartitions(count);
        }
        try (Admin admin = Admin.open(server.config())) {
            CreatedTopic created = Outcome.of(admin.createTopic(topic));
            String size = created.partitions() < 0
                    ? ""
                    : " with " + Plural.of(created.partitions(), "partition") + ", replication factor "
                            + created.replicationFactor();
            spec.commandLine().getOut().println("created topic " + name + size);
        }
        return 0;
    }
}
