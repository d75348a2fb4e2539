package io.millrace.tools.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.admin.Admin;
import io.millrace.client.admin.group.CommittedOffset;
import io.millrace.client.admin.group.GroupDescription;
import io.millrace.client.cluster.OffsetQuery;
import io.millrace.client.cluster.TopicImage;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.UnknownTopicException;
import io.millrace.protocol.ErrorCode;
import io.millrace.tools.group.ResetPlan.Move;
import io.millrace.tools.shell.Json;
import io.millrace.tools.shell.Outcome;
import io.millrace.tools.shell.OutputOptions;
import io.millrace.tools.shell.Plural;
import io.millrace.tools.shell.ServerOptions;
import io.millrace.tools.shell.Table;
import io.millrace.tools.shell.VerbException;
import io.millrace.tools.topic.TopicNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Moves a group's committed offsets. */
@Command(
        name = "reset",
        mixinStandardHelpOptions = true,
        description = {
            "Moves the committed offsets of a group without members; shows what it would do unless --execute is given.",
            "Offsets outside of a log are clamped to it. A group that does not exist is made."
        },
        footer = {
            "",
            "Examples:",
            "  millrace group reset billing --topic orders --to-earliest",
            "  millrace group reset billing --topic orders:0,3 --to-datetime 2026-11-21T08:00:00Z --execute",
            "  millrace group reset billing --all-topics --shift-by -100 --execute"
        })
final class GroupResetVerb implements Callable<Integer> {

    /** In one request; a coordinator writes them in one batch, which has a bound of about 1 MiB. */
    private static final int COMMITS_AT_A_TIME = 2_000;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOptions server;

    @Mixin
    private OutputOptions output;

    @Parameters(paramLabel = "GROUP", description = "The group.")
    private String group;

    @ArgGroup(multiplicity = "1", heading = "Where to, one of:%n")
    private ResetTarget.Options options = new ResetTarget.Options();

    @Option(
            names = "--topic",
            paramLabel = "T[:0,1]",
            description = "This topic, or these partitions of it; may be repeated.")
    private List<String> topics = new ArrayList<>();

    @Option(names = "--all-topics", description = "All partitions in which the group has committed something.")
    private boolean allTopics;

    @Option(names = "--execute", description = "Do it; without this, it is only shown.")
    private boolean execute;

    @Override
    public Integer call() {
        ResetTarget target = target();
        List<TopicScope> scopes = scopes(target);
        List<Move> moves;
        try (Admin admin = Admin.open(server.config())) {
            GroupDescription description = Outcome.of(admin.groups().describe(group));
            if (execute && !description.members().isEmpty()) {
                throw inUse(description);
            }
            moves = plan(admin, target, scopes);
            if (!description.exists()) {
                say("there is no group '" + group + "' yet; " + (execute ? "it is made now" : "--execute makes it"));
            }
            if (execute) {
                commit(admin, moves);
            } else if (!description.members().isEmpty()) {
                say("group " + group + " has " + GroupLines.members(description)
                        + ": --execute will be refused until they are stopped");
            }
        }
        print(moves);
        return 0;
    }

    private ResetTarget target() {
        try {
            return options.chosen(Instant.now());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private List<TopicScope> scopes(ResetTarget target) {
        boolean fromFile = target instanceof ResetTarget.FromFile;
        if (fromFile && (allTopics || !topics.isEmpty())) {
            throw usage("--from-file says which partitions: leave out --topic and --all-topics");
        }
        if (allTopics && !topics.isEmpty()) {
            throw usage("--topic and --all-topics exclude each other: choose one");
        }
        if (!fromFile && !allTopics && topics.isEmpty()) {
            throw usage("say which partitions: --topic T, --topic T:0,1 or --all-topics");
        }
        try {
            return topics.stream().map(TopicScope::parse).toList();
        } catch (IllegalArgumentException e) {
            throw usage("--topic: " + e.getMessage());
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private List<Move> plan(Admin admin, ResetTarget target, List<TopicScope> scopes) {
        SortedMap<TopicPartition, CommittedOffset> committed =
                Outcome.of(admin.groups().committedOffsets(group));
        LagLookup lookup = new LagLookup(admin);
        Collection<TopicPartition> partitions = switch (target) {
            case ResetTarget.FromFile file -> file.offsets().keySet();
            default -> allTopics ? committed.keySet() : named(admin, scopes);
        };
        if (partitions.isEmpty()) {
            throw new VerbException("group " + group
                    + " has committed nothing, so --all-topics means nothing: name topics with --topic");
        }
        return ResetPlan.of(
                target,
                partitions,
                committed,
                lookup.offsets(partitions, OffsetQuery.earliest()),
                lookup.offsets(partitions, OffsetQuery.latest()),
                target instanceof ResetTarget.ToTime at
                        ? lookup.offsets(partitions, new OffsetQuery.AtTime(at.timestampMs()))
                        : Map.of());
    }

    private static Collection<TopicPartition> named(Admin admin, List<TopicScope> scopes) {
        TreeSet<TopicPartition> partitions = new TreeSet<>();
        for (TopicScope scope : scopes) {
            TopicImage topic;
            try {
                topic = Outcome.of(admin.describeTopics(List.of(scope.topic())))
                        .getFirst()
                        .topic();
            } catch (UnknownTopicException e) {
                throw TopicNames.explain(admin, e);
            }
            try {
                partitions.addAll(scope.of(topic.partitionCount()));
            } catch (IllegalArgumentException e) {
                throw new VerbException(String.valueOf(e.getMessage()), e);
            }
        }
        return partitions;
    }

    private void commit(Admin admin, List<Move> moves) {
        List<Move> effective = moves.stream().filter(move -> move.to() != null).toList();
        for (int from = 0; from < effective.size(); from += COMMITS_AT_A_TIME) {
            Map<TopicPartition, CommittedOffset> offsets = new HashMap<>();
            for (Move move : effective.subList(from, Math.min(from + COMMITS_AT_A_TIME, effective.size()))) {
                Long to = move.to();
                if (to != null) {
                    offsets.put(move.partition(), CommittedOffset.of(to));
                }
            }
            try {
                Outcome.of(admin.groups().commitOffsets(group, offsets));
            } catch (ClientException e) {
                if (e.errorCode() == ErrorCode.UNKNOWN_MEMBER_ID) {
                    throw inUse(Outcome.of(admin.groups().describe(group)));
                }
                throw from == 0
                        ? e
                        : new VerbException(
                                e.getMessage() + "; " + Plural.of(from, "partition")
                                        + " had been moved before, do it again to move all",
                                e);
            }
        }
    }

    private VerbException inUse(GroupDescription description) {
        return new VerbException("group " + group + " is in use by " + GroupLines.members(description)
                + ", who would go on from where they are and commit over it: stop them, then reset;"
                + " nothing was moved");
    }

    private void say(String message) {
        spec.commandLine().getErr().println(message);
    }

    private void print(List<Move> moves) {
        if (output.json()) {
            ObjectNode document = Json.object().put("group", group).put("executed", execute);
            ArrayNode partitions = document.putArray("partitions");
            for (Move move : moves) {
                partitions
                        .addObject()
                        .put("topic", move.partition().topic())
                        .put("partition", move.partition().partition())
                        .put("fromOffset", move.from())
                        .put("toOffset", move.to())
                        .put("note", move.note());
            }
            Json.print(spec.commandLine().getOut(), document);
            return;
        }
        Table table = Table.of("TOPIC", "PARTITION", "FROM", "TO", "NOTE");
        for (Move move : moves) {
            table.row(
                    move.partition().topic(),
                    move.partition().partition(),
                    GroupLines.orDash(move.from()),
                    GroupLines.orDash(move.to()),
                    GroupLines.orDash(move.note()));
        }
        table.print(spec.commandLine().getOut());
        long moved = moves.stream().filter(move -> move.to() != null).count();
        say(
                execute
                        ? "moved group " + group + " in " + Plural.of(moved, "partition")
                        : "nothing was moved: add --execute to do it");
    }
}
