package io.millrace.tools.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.millrace.client.admin.Admin;
import io.millrace.client.error.ClientException;
import io.millrace.protocol.ErrorCode;
import io.millrace.tools.shell.ExitCode;
import io.millrace.tools.shell.Json;
import io.millrace.tools.shell.Outcome;
import io.millrace.tools.shell.OutputOptions;
import io.millrace.tools.shell.ServerOptions;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Removes groups. */
@Command(
        name = "delete",
        mixinStandardHelpOptions = true,
        description = {
            "Deletes groups with their committed offsets, at once and without asking; records stay.",
            "A group with members is refused. The others that were named are deleted all the same."
        },
        footer = {"", "Example: millrace group delete billing-test"})
final class GroupDeleteVerb implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOptions server;

    @Mixin
    private OutputOptions output;

    @Parameters(paramLabel = "GROUP", arity = "1..*", description = "The groups, each by its whole name.")
    private List<String> names;

    @Override
    public Integer call() {
        ArrayNode document = Json.array();
        boolean failed = false;
        try (Admin admin = Admin.open(server.config())) {
            for (String name : names) {
                String refusal = delete(admin, name);
                failed |= refusal != null;
                document.addObject()
                        .put("group", name)
                        .put("deleted", refusal == null)
                        .put("error", refusal);
                if (refusal != null) {
                    spec.commandLine().getErr().println("millrace: " + refusal);
                } else if (!output.json()) {
                    spec.commandLine().getOut().println("deleted group " + name);
                }
            }
        }
        if (output.json()) {
            Json.print(spec.commandLine().getOut(), document);
        }
        return failed ? ExitCode.FAILED : 0;
    }

    /** Null when it is gone, else why not. */
    private static @Nullable String delete(Admin admin, String name) {
        try {
            Outcome.of(admin.groups().delete(name));
            return null;
        } catch (ClientException e) {
            if (e.errorCode() == ErrorCode.GROUP_ID_NOT_FOUND) {
                return GroupNames.missing(admin, name);
            }
            if (e.errorCode() == ErrorCode.NON_EMPTY_GROUP) {
                return "group " + name + " has members, so it is in use: stop its consumers"
                        + " (millrace group describe " + name + " names them), then delete it";
            }
            if (e.errorCode().retriable()) {
                throw e; // nobody answers: the next name would wait for as long
            }
            return e.getMessage();
        }
    }
}
