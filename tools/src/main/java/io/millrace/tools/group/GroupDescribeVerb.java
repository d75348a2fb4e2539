package io.millrace.tools.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.admin.Admin;
import io.millrace.client.admin.group.CommittedOffset;
import io.millrace.client.admin.group.GroupDescription;
import io.millrace.client.admin.group.GroupMember;
import io.millrace.client.cluster.OffsetQuery;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.tools.shell.ExitCode;
import io.millrace.tools.shell.Json;
import io.millrace.tools.shell.Outcome;
import io.millrace.tools.shell.OutputOptions;
import io.millrace.tools.shell.ServerOptions;
import io.millrace.tools.shell.Table;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows groups: state, members, and where each partition stands. */
@Command(
        name = "describe",
        mixinStandardHelpOptions = true,
        description = {
            "Describes groups: state, coordinator, members with what they are assigned,",
            "and of each partition the committed offset, the end and the lag in records."
        },
        footer = {"", "Example: millrace group describe billing shipping"})
final class GroupDescribeVerb implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOptions server;

    @Mixin
    private OutputOptions output;

    @Parameters(paramLabel = "GROUP", arity = "1..*", description = "The groups.")
    private List<String> names;

    @Override
    public Integer call() {
        ArrayNode document = Json.array();
        boolean failed = false;
        try (Admin admin = Admin.open(server.config())) {
            LagLookup lookup = new LagLookup(admin);
            for (String name : names) {
                GroupDescription group = Outcome.of(admin.groups().describe(name));
                SortedMap<TopicPartition, CommittedOffset> committed =
                        Outcome.of(admin.groups().committedOffsets(name));
                if (!group.exists() && committed.isEmpty()) {
                    failed = true;
                    spec.commandLine().getErr().println("millrace: " + GroupNames.missing(admin, name));
                    continue;
                }
                Map<TopicPartition, GroupMember> owners = owners(group);
                Set<TopicPartition> shown = new HashSet<>(committed.keySet());
                shown.addAll(owners.keySet());
                List<PartitionLag> lags =
                        lookup.lagOf(committed, owners.keySet(), lookup.offsets(shown, OffsetQuery.latest()));
                if (output.json()) {
                    document.add(json(group, owners, lags));
                } else {
                    print(group, owners, lags);
                }
            }
        }
        if (output.json()) {
            Json.print(spec.commandLine().getOut(), document);
        }
        return failed ? ExitCode.FAILED : 0;
    }

    private static Map<TopicPartition, GroupMember> owners(GroupDescription group) {
        Map<TopicPartition, GroupMember> owners = new HashMap<>();
        for (GroupMember member : group.members()) {
            List<TopicPartition> assignment = member.assignment();
            if (assignment != null) {
                assignment.forEach(partition -> owners.put(partition, member));
            }
        }
        return owners;
    }

    private void print(GroupDescription group, Map<TopicPartition, GroupMember> owners, List<PartitionLag> lags) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "group %s, %s, protocol %s, coordinator %d at %s%n",
                group.groupId(),
                group.state(),
                group.protocol().isEmpty()
                        ? GroupLines.orDash(group.protocolType())
                        : group.protocolType() + " " + group.protocol(),
                group.coordinator().id(),
                group.coordinator().address());
        if (group.members().isEmpty()) {
            out.println("no members");
        } else {
            Table members = Table.of("MEMBER", "INSTANCE", "CLIENT", "HOST", "ASSIGNMENT");
            for (GroupMember member : sorted(group)) {
                members.row(
                        GroupLines.orDash(member.memberId()),
                        GroupLines.orDash(member.instanceId()),
                        GroupLines.orDash(member.clientId()),
                        GroupLines.orDash(GroupLines.host(member)),
                        GroupLines.partitions(member.assignment()));
            }
            members.print(out);
        }
        if (lags.isEmpty()) {
            out.println("no committed offsets");
            return;
        }
        Table partitions = Table.of("TOPIC", "PARTITION", "COMMITTED", "END", "LAG", "CLIENT", "MEMBER");
        for (PartitionLag each : lags) {
            CommittedOffset committed = each.committed();
            GroupMember owner = owners.get(each.partition());
            partitions.row(
                    each.partition().topic(),
                    each.partition().partition(),
                    committed == null ? "-" : committed.offset(),
                    GroupLines.orDash(each.endOffset()),
                    GroupLines.orDash(each.lag()),
                    owner == null ? "-" : GroupLines.orDash(owner.clientId()),
                    owner == null ? "-" : GroupLines.orDash(owner.memberId()));
        }
        partitions.print(out);
    }

    private static List<GroupMember> sorted(GroupDescription group) {
        return group.members().stream()
                .sorted(Comparator.comparing(GroupMember::clientId).thenComparing(GroupMember::memberId))
                .toList();
    }

    private static ObjectNode json(
            GroupDescription group, Map<TopicPartition, GroupMember> owners, List<PartitionLag> lags) {
        ObjectNode document = Json.object()
                .put("group", group.groupId())
                .put("state", group.state())
                .put("protocolType", group.protocolType())
                .put("protocol", group.protocol());
        document.putObject("coordinator")
                .put("broker", group.coordinator().id())
                .put("host", group.coordinator().address().host())
                .put("port", group.coordinator().address().port());
        ArrayNode members = document.putArray("members");
        for (GroupMember member : sorted(group)) {
            ObjectNode node = members.addObject()
                    .put("memberId", member.memberId())
                    .put("instanceId", member.instanceId())
                    .put("clientId", member.clientId())
                    .put("host", GroupLines.host(member));
            List<TopicPartition> assignment = member.assignment();
            if (assignment == null) {
                node.putNull("assignment");
            } else {
                ArrayNode assigned = node.putArray("assignment");
                assignment.forEach(
                        each -> assigned.addObject().put("topic", each.topic()).put("partition", each.partition()));
            }
        }
        ArrayNode partitions = document.putArray("partitions");
        for (PartitionLag each : lags) {
            CommittedOffset committed = each.committed();
            GroupMember owner = owners.get(each.partition());
            partitions
                    .addObject()
                    .put("topic", each.partition().topic())
                    .put("partition", each.partition().partition())
                    .put("committedOffset", committed == null ? null : (Long) committed.offset())
                    .put("endOffset", each.endOffset())
                    .put("lag", each.lag())
                    .put("metadata", committed == null ? null : committed.metadata())
                    .put("memberId", owner == null ? null : owner.memberId());
        }
        return document;
    }
}
