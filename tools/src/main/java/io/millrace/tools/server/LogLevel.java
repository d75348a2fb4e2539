package io.millrace.tools.server;

import ch.qos.logback.classic.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code --log-level} option. */
final class LogLevel {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec verb;

    @Option(names = "--log-level", paramLabel = "L", description = "error, warn, info or debug (default warn).")
    private String level = "warn";

    /** From now on, for the whole process. */
    void apply() {
        Level parsed = Level.toLevel(level, null);
        if (parsed == null) {
            throw new ParameterException(
                    verb.commandLine(), "Unknown log level '" + level + "': use error, warn, info or debug");
        }
        if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof ch.qos.logback.classic.Logger root) {
            root.setLevel(parsed);
        }
    }
}
