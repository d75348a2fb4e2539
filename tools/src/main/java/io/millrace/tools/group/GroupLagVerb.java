package io.millrace.tools.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.millrace.client.admin.Admin;
import io.millrace.client.admin.group.CommittedOffset;
import io.millrace.client.admin.group.GroupListing;
import io.millrace.client.cluster.FoundOffset;
import io.millrace.client.cluster.OffsetQuery;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.tools.shell.ExitCode;
import io.millrace.tools.shell.Json;
import io.millrace.tools.shell.Outcome;
import io.millrace.tools.shell.OutputOptions;
import io.millrace.tools.shell.Plural;
import io.millrace.tools.shell.ServerOptions;
import io.millrace.tools.shell.Table;
import io.millrace.tools.shell.VerbException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows how far groups are behind, a line per group and topic. */
@Command(
        name = "lag",
        mixinStandardHelpOptions = true,
        description = "Shows how many records groups are behind in each topic; without a name, all groups.",
        footer = {
            "",
            "Examples:",
            "  millrace group lag",
            "  millrace group lag billing --seconds --fail-over 10000 || page-somebody"
        })
final class GroupLagVerb implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOptions server;

    @Mixin
    private OutputOptions output;

    @Parameters(paramLabel = "GROUP", arity = "0..*", description = "The groups (default: all).")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--seconds",
            description = "Also show the age of the oldest unread record; reads one batch of each partition that lags.")
    private boolean seconds;

    @Option(
            names = "--fail-over",
            paramLabel = "N",
            description = "Exit with code 3 when a line's lag is more than N records.")
    private @Nullable Long failOver;

    /** A group in a topic. {@code unknown} partitions are gone or without a leader, and not in the sums. */
    private record Line(
            String group,
            String topic,
            int partitions,
            int unknown,
            long lagRecords,
            long worst,
            @Nullable Long lagSeconds) {}

    @Override
    public Integer call() {
        Long limit = failOver;
        if (limit != null && limit < 0) {
            throw new ParameterException(spec.commandLine(), "--fail-over: " + limit + " is negative");
        }
        List<Line> lines = new ArrayList<>();
        try (Admin admin = Admin.open(server.config())) {
            List<String> groups = new ArrayList<>(new TreeSet<>(names.isEmpty() ? all(admin) : names));
            LagLookup lookup = new LagLookup(admin);
            for (int from = 0; from < groups.size(); from += LagLookup.GROUPS_AT_A_TIME) {
                some(
                        admin,
                        lookup,
                        groups.subList(from, Math.min(from + LagLookup.GROUPS_AT_A_TIME, groups.size())),
                        lines);
            }
        }
        print(lines);
        return limit == null ? 0 : judge(lines, limit);
    }

    private int judge(List<Line> lines, long limit) {
        int exitCode = 0;
        for (Line line : lines) {
            if (line.lagRecords() > limit) {
                exitCode = ExitCode.BEYOND_BOUND;
                spec.commandLine()
                        .getErr()
                        .println("group " + line.group() + " is " + Plural.of(line.lagRecords(), "record")
                                + " behind in " + line.topic() + ", more than "
                                + String.format(Locale.ROOT, "%,d", limit));
            }
        }
        return exitCode;
    }

    private static List<String> all(Admin admin) {
        return Outcome.of(admin.groups().list(Set.of(), Set.of())).stream()
                .map(GroupListing::groupId)
                .toList();
    }

    private void some(Admin admin, LagLookup lookup, List<String> groups, List<Line> lines) {
        Map<String, SortedMap<TopicPartition, CommittedOffset>> committed = lookup.committed(groups);
        Set<TopicPartition> partitions = new TreeSet<>();
        committed.values().forEach(offsets -> partitions.addAll(offsets.keySet()));
        Map<TopicPartition, FoundOffset> ends = lookup.offsets(partitions, OffsetQuery.latest());
        for (String group : groups) {
            SortedMap<TopicPartition, CommittedOffset> offsets = committed.getOrDefault(group, new TreeMap<>());
            if (offsets.isEmpty() && !names.isEmpty()) {
                if (!Outcome.of(admin.groups().describe(group)).exists()) {
                    throw new VerbException(GroupNames.missing(admin, group));
                }
                spec.commandLine().getErr().println("group " + group + " has committed nothing yet");
            }
            List<PartitionLag> lags = lookup.lagOf(offsets, List.of(), ends);
            Map<TopicPartition, Long> ages =
                    seconds ? RecordAges.secondsBehind(server.config(), lags, System.currentTimeMillis()) : Map.of();
            lines.addAll(lines(group, lags, ages));
        }
    }

    private static List<Line> lines(String group, List<PartitionLag> lags, Map<TopicPartition, Long> ages) {
        Map<String, Line> byTopic = new TreeMap<>();
        for (PartitionLag each : lags) {
            Long lag = each.lag();
            long records = lag == null ? 0 : lag;
            Long age = lag != null && lag == 0 ? Long.valueOf(0) : ages.get(each.partition());
            byTopic.merge(
                    each.partition().topic(),
                    new Line(group, each.partition().topic(), 1, lag == null ? 1 : 0, records, records, age),
                    (a, b) -> new Line(
                            group,
                            a.topic(),
                            a.partitions() + 1,
                            a.unknown() + b.unknown(),
                            a.lagRecords() + b.lagRecords(),
                            Math.max(a.worst(), b.worst()),
                            older(a.lagSeconds(), b.lagSeconds())));
        }
        return new ArrayList<>(byTopic.values());
    }

    private static @Nullable Long older(@Nullable Long a, @Nullable Long b) {
        return a == null ? b : b == null ? a : Long.valueOf(Math.max(a, b));
    }

    private void print(List<Line> lines) {
        if (output.json()) {
            ArrayNode document = Json.array();
            for (Line line : lines) {
                document.addObject()
                        .put("group", line.group())
                        .put("topic", line.topic())
                        .put("partitions", line.partitions())
                        .put("unknownPartitions", line.unknown())
                        .put("lag", line.lagRecords())
                        .put("maxPartitionLag", line.worst())
                        .put("lagSeconds", seconds ? line.lagSeconds() : null);
            }
            Json.print(spec.commandLine().getOut(), document);
            return;
        }
        if (lines.isEmpty()) {
            spec.commandLine().getErr().println("no committed offsets");
            return;
        }
        List<String> heading = new ArrayList<>(List.of("GROUP", "TOPIC", "PARTITIONS", "LAG", "WORST"));
        if (seconds) {
            heading.add("SECONDS");
        }
        Table table = Table.of(heading.toArray(String[]::new));
        for (Line line : lines) {
            List<Object> cells = new ArrayList<>(List.of(
                    line.group(),
                    line.topic(),
                    line.partitions(),
                    line.unknown() == line.partitions() ? "-" : line.lagRecords(),
                    line.unknown() == line.partitions() ? "-" : line.worst()));
            if (seconds) {
                cells.add(GroupLines.orDash(line.lagSeconds()));
            }
            table.row(cells.toArray());
        }
        table.print(spec.commandLine().getOut());
    }
}
