package io.millrace.tools.server;

import io.millrace.broker.config.BrokerKeys;
import io.millrace.broker.config.ConfigKey;
import io.millrace.tools.server.ConfigSources.Setting;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what a server would run with, and who said so; starts nothing. */
@Command(
        name = "check-config",
        mixinStandardHelpOptions = true,
        description = "Reads a server's configuration and says what it comes to, without starting anything.",
        footer = {"", "Example: millrace check-config --config millrace.yaml"})
public final class CheckConfigVerb implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOptions options;

    @Option(names = "--all", description = "Show the keys that nobody set as well, with their defaults.")
    private boolean all;

    @Override
    public Integer call() {
        ConfigOptions.Checked checked = options.read();
        PrintWriter out = spec.commandLine().getOut();
        for (ConfigKey<?> key : BrokerKeys.TABLE.keys()) {
            Setting setting = checked.sources().origins().get(key.name());
            if (setting != null) {
                out.printf("%s = %s  (%s)%n", key.name(), setting.value(), setting.origin());
            } else if (all && key.defaultText() != null) {
                out.printf("%s = %s  (default)%n", key.name(), key.defaultText());
            }
        }
        out.println("The configuration is good.");
        return 0;
    }
}
