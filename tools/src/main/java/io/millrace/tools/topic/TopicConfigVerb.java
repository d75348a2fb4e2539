package io.millrace.tools.topic;

import io.millrace.client.admin.Admin;
import io.millrace.client.error.UnknownTopicException;
import io.millrace.tools.shell.Json;
import io.millrace.tools.shell.Outcome;
import io.millrace.tools.shell.OutputOptions;
import io.millrace.tools.shell.ServerOptions;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Changes a topic's configuration. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        description = "Changes the configuration of a topic; its partitions obey at once. topic describe shows it.",
        footer = {
            "",
            "Examples:",
            "  millrace topic config orders --set retention.ms=86400000",
            "  millrace topic config orders --unset retention.ms"
        })
final class TopicConfigVerb implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServerOptions server;

    @Mixin
    private OutputOptions output;

    @Parameters(paramLabel = "NAME", description = "The topic.")
    private String name;

    @Option(names = "--set", paramLabel = "key=value", description = "Configuration to set; may be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(names = "--unset", paramLabel = "key", description = "Configuration to take back; may be repeated.")
    private Set<String> unset = new LinkedHashSet<>();

    @Override
    public Integer call() {
        if (set.isEmpty() && unset.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "say what to change: --set key=value or --unset key");
        }
        try (Admin admin = Admin.open(server.config())) {
            try {
                Outcome.of(admin.configureTopic(name, set, unset));
            } catch (UnknownTopicException e) {
                throw TopicNames.explain(admin, e);
            }
        }
        if (output.json()) {
            Json.print(spec.commandLine().getOut(), TopicJson.configured(name, set, unset));
        } else {
            spec.commandLine().getOut().println("configured topic " + name);
        }
        return 0;
    }
}
