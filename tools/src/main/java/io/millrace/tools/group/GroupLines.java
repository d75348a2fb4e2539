package io.millrace.tools.group;

import io.millrace.client.admin.group.GroupDescription;
import io.millrace.client.admin.group.GroupMember;
import io.millrace.client.cluster.TopicPartition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Pieces of lines about groups, as people read them. */
final class GroupLines {

    private static final int NAMED_MEMBERS = 3;

    private GroupLines() {}

    /** A dash where there is nothing, so that columns stay columns. */
    static String orDash(@Nullable Object value) {
        return value == null || value.toString().isEmpty() ? "-" : value.toString();
    }

    /** {@code orders:0,1,2 refunds:0}. */
    static String partitions(@Nullable Collection<TopicPartition> partitions) {
        if (partitions == null) {
            return "?";
        }
        Map<String, StringJoiner> byTopic = new TreeMap<>();
        for (TopicPartition each : partitions) {
            byTopic.computeIfAbsent(each.topic(), topic -> new StringJoiner(",", topic + ":", ""))
                    .add(Integer.toString(each.partition()));
        }
        return orDash(byTopic.values().stream().map(StringJoiner::toString).collect(Collectors.joining(" ")));
    }

    /** Kafka's brokers put a slash before the address. */
    static String host(GroupMember member) {
        return member.clientHost().startsWith("/") ? member.clientHost().substring(1) : member.clientHost();
    }

    /** {@code 5 members (app-1 at 10.0.0.7, app-2 at 10.0.0.8, app-3 at 10.0.0.9 and 2 more)}. */
    static String members(GroupDescription group) {
        List<GroupMember> members = group.members();
        String named = members.stream()
                .limit(NAMED_MEMBERS)
                .map(member -> member.clientId() + " at " + host(member))
                .collect(Collectors.joining(", "));
        return members.size()
                + (members.size() == 1 ? " member (" : " members (")
                + named
                + (members.size() > NAMED_MEMBERS ? " and " + (members.size() - NAMED_MEMBERS) + " more)" : ")");
    }
}
