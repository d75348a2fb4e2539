package io.millrace.tools.topic;

import io.millrace.client.admin.Admin;
import io.millrace.client.admin.ConfigEntry;
import io.millrace.client.admin.TopicDescription;
import io.millrace.client.cluster.FoundOffset;
import io.millrace.client.cluster.OffsetQuery;
import io.millrace.client.cluster.PartitionImage;
import io.millrace.client.cluster.TopicImage;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.error.UnknownTopicException;
import io.millrace.tools.shell.Json;
import io.millrace.tools.shell.Outcome;
import io.millrace.tools.shell.OutputOptions;
import io.millrace.tools.shell.Plural;
import io.millrace.tools.shell.ServerOptions;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows one topic: partitions, leaders, offsets, configuration. */
@Command(
        name = "describe",
        mixinStandardHelpOptions = true,
        description = "Describes a topic: its partitions with leader, replicas and offsets, and its configuration.",
        footer = {"", "Example: millrace topic describe orders --all-configs"})
final class TopicDescribeVerb implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOptions server;

    @Mixin
    private OutputOptions output;

    @Parameters(paramLabel = "NAME", description = "The topic.")
    private String name;

    @Option(names = "--all-configs", description = "Show configuration that the topic inherits, too.")
    private boolean allConfigs;

    @Override
    public Integer call() {
        try (Admin admin = Admin.open(server.config())) {
            TopicDescription description = description(admin);
            TopicImage topic = description.topic();
            Map<TopicPartition, FoundOffset> starts = offsets(admin, topic, OffsetQuery.earliest());
            Map<TopicPartition, FoundOffset> ends = offsets(admin, topic, OffsetQuery.latest());
            PrintWriter out = spec.commandLine().getOut();
            if (output.json()) {
                Json.print(out, TopicJson.described(description, starts, ends, allConfigs));
                return 0;
            }
            out.printf("topic %s, %s, id %s%n", name, Plural.of(topic.partitionCount(), "partition"), topic.id());
            out.printf(
                    "%9s  %6s  %-12s %-12s %12s %12s%n", "partition", "leader", "replicas", "in sync", "start", "end");
            for (PartitionImage partition : topic.partitions()) {
                TopicPartition key = new TopicPartition(name, partition.partition());
                out.printf(
                        "%9d  %6s  %-12s %-12s %12s %12s%n",
                        partition.partition(),
                        partition.hasLeader() ? partition.leaderId() : "none",
                        ids(partition.replicas()),
                        ids(partition.inSyncReplicas()),
                        offset(starts.get(key)),
                        offset(ends.get(key)));
            }
            configs(out, description.configs());
        }
        return 0;
    }

    private TopicDescription description(Admin admin) {
        try {
            return Outcome.of(admin.describeTopics(List.of(name))).getFirst();
        } catch (UnknownTopicException e) {
            throw TopicNames.explain(admin, e);
        }
    }

    // Partitions without a leader have no offsets to ask for, and the others should still be shown.
    private static Map<TopicPartition, FoundOffset> offsets(Admin admin, TopicImage topic, OffsetQuery query) {
        Map<TopicPartition, OffsetQuery> queries = new TreeMap<>();
        for (PartitionImage partition : topic.partitions()) {
            if (partition.hasLeader()) {
                queries.put(new TopicPartition(topic.name(), partition.partition()), query);
            }
        }
        return Outcome.of(admin.listOffsets(queries));
    }

    private static String offset(@Nullable FoundOffset found) {
        return found == null ? "?" : Long.toString(found.offset());
    }

    private static String ids(List<Integer> brokers) {
        return brokers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private void configs(PrintWriter out, List<ConfigEntry> configs) {
        boolean any = false;
        for (ConfigEntry entry : configs) {
            if (entry.setOnTopic() || allConfigs) {
                out.printf(
                        "config %s=%s%s%n",
                        entry.name(),
                        entry.sensitive() ? "(hidden)" : entry.value(),
                        entry.setOnTopic() ? "" : " (inherited)");
                any = true;
            }
        }
        if (!any) {
            out.println("no configuration of its own; --all-configs shows what it inherits");
        }
    }
}
