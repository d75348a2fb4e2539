package io.millrace.tools.server;

import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.config.ConfigException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a server is told its configuration. */
final class ConfigOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec verb;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration, YAML or properties. Environment MILLRACE_* goes over it, --set over both.")
    private @Nullable Path file;

    @Option(names = "--set", paramLabel = "key=value", description = "Any broker configuration; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--allow-plaintext",
            description = "Let listeners beyond loopback serve unencrypted, unauthenticated clients"
                    + " (millrace.allow.plaintext=true).")
    private boolean allowPlaintext;

    /** A configuration that was read and checked, and what it was read from. */
    record Checked(ConfigSources sources, BrokerConfig config) {}

    /** Reads and checks everything; what is wrong ends the verb with one line. */
    Checked read() {
        Map<String, String> commandLine = new LinkedHashMap<>(settings);
        if (allowPlaintext) {
            commandLine.put("millrace.allow.plaintext", "true");
        }
        try {
            ConfigSources sources = ConfigSources.read(file, System.getenv(), commandLine);
            for (String variable : sources.ignored()) {
                verb.commandLine()
                        .getErr()
                        .println("millrace: environment " + variable + " names no configuration key and is ignored");
            }
            BrokerConfig config = BrokerConfig.parse(
                    sources.values(), false, Runtime.getRuntime().availableProcessors());
            return new Checked(sources, config);
        } catch (ConfigException e) {
            throw new ParameterException(verb.commandLine(), e.getMessage(), e);
        }
    }
}
