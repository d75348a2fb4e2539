package io.millrace.tools.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.millrace.client.admin.Admin;
import io.millrace.client.admin.group.GroupListing;
import io.millrace.tools.shell.Json;
import io.millrace.tools.shell.Outcome;
import io.millrace.tools.shell.OutputOptions;
import io.millrace.tools.shell.ServerOptions;
import io.millrace.tools.shell.Table;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows which groups there are. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists consumer groups with their state, by name.",
        footer = {
            "",
            "Examples:",
            "  millrace group list",
            "  millrace group list --state Empty -O json",
        })
final class GroupListVerb implements Callable<Integer> {

    private static final List<String> STATES = List.of(
            "Empty",
            "PreparingRebalance",
            "CompletingRebalance",
            "Stable",
            "Dead",
            "Assigning",
            "Reconciling",
            "NotReady");
    private static final List<String> TYPES = List.of("classic", "consumer", "share", "streams");

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOptions server;

    @Mixin
    private OutputOptions output;

    @Option(
            names = "--state",
            paramLabel = "S",
            split = ",",
            description = "Only groups in this state, e.g. Stable or Empty; several separated by commas.")
    private List<String> states = new ArrayList<>();

    @Option(
            names = "--type",
            paramLabel = "T",
            split = ",",
            description = "Only groups of this type, e.g. classic; several separated by commas.")
    private List<String> types = new ArrayList<>();

    @Override
    public Integer call() {
        Set<String> inStates = known("--state", states, STATES);
        Set<String> ofTypes = known("--type", types, TYPES);
        List<GroupListing> groups;
        try (Admin admin = Admin.open(server.config())) {
            groups = Outcome.of(admin.groups().list(inStates, ofTypes));
        }
        if (output.json()) {
            ArrayNode document = Json.array();
            for (GroupListing group : groups) {
                document.addObject()
                        .put("group", group.groupId())
                        .put("state", group.state())
                        .put("type", group.type())
                        .put("protocolType", group.protocolType());
            }
            Json.print(spec.commandLine().getOut(), document);
            return 0;
        }
        if (groups.isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println(inStates.isEmpty() && ofTypes.isEmpty() ? "no groups yet" : "no such groups");
            return 0;
        }
        Table table = Table.of("GROUP", "STATE", "TYPE", "PROTOCOL");
        for (GroupListing group : groups) {
            table.row(
                    group.groupId(),
                    GroupLines.orDash(group.state()),
                    GroupLines.orDash(group.type()),
                    GroupLines.orDash(group.protocolType()));
        }
        table.print(spec.commandLine().getOut());
        return 0;
    }

    private Set<String> known(String option, List<String> typed, List<String> words) {
        Set<String> meant = new LinkedHashSet<>();
        for (String each : typed) {
            meant.add(words.stream()
                    .filter(word -> word.equalsIgnoreCase(each.strip()))
                    .findFirst()
                    .orElseThrow(() -> new ParameterException(
                            spec.commandLine(), option + ": '" + each + "' is none of " + String.join(", ", words))));
        }
        return meant;
    }
}
