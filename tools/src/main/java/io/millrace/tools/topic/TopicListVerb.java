package io.millrace.tools.topic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.millrace.client.admin.Admin;
import io.millrace.client.cluster.TopicImage;
import io.millrace.tools.shell.Json;
import io.millrace.tools.shell.Outcome;
import io.millrace.tools.shell.OutputOptions;
import io.millrace.tools.shell.Plural;
import io.millrace.tools.shell.ServerOptions;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows which topics there are. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists topics with their number of partitions, by name.",
        footer = {"", "Example: millrace topic list --server localhost:9092"})
final class TopicListVerb implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOptions server;

    @Mixin
    private OutputOptions output;

    @Option(names = "--internal", description = "Show the broker's own topics too.")
    private boolean internal;

    @Override
    public Integer call() {
        List<TopicImage> topics;
        try (Admin admin = Admin.open(server.config())) {
            topics = Outcome.of(admin.listTopics()).stream()
                    .filter(topic -> internal || !topic.internal())
                    .toList();
        }
        if (output.json()) {
            ArrayNode document = Json.array();
            for (TopicImage topic : topics) {
                document.add(TopicJson.heading(topic).put("partitions", topic.partitionCount()));
            }
            Json.print(spec.commandLine().getOut(), document);
            return 0;
        }
        if (topics.isEmpty()) {
            spec.commandLine().getErr().println("no topics yet: millrace topic create NAME makes one");
            return 0;
        }
        PrintWriter out = spec.commandLine().getOut();
        int width =
                topics.stream().mapToInt(topic -> topic.name().length()).max().orElse(0);
        for (TopicImage topic : topics) {
            out.println(topic.name() + " ".repeat(width - topic.name().length()) + "  "
                    + Plural.of(topic.partitionCount(), "partition"));
        }
        return 0;
    }
}
