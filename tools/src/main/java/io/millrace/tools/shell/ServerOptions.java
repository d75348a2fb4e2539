package io.millrace.tools.shell;

import io.millrace.client.connection.ClientConfig;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which cluster a verb talks to. */
public final class ServerOptions {

    private static final long REQUEST_TIMEOUT_MS = 30_000;
    private static final long API_TIMEOUT_MS = 30_000;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec verb;

    @Option(
            names = "--server",
            paramLabel = "host:port",
            defaultValue = "${env:MILLRACE_SERVER:-localhost:9092}",
            description =
                    "The broker, or several separated by commas (default: environment MILLRACE_SERVER, or localhost:9092).")
    private String server;

    /** A command that nobody answers should say so at once: the first contact is tried one round only. */
    public ClientConfig config() {
        try {
            return ClientConfig.of(server)
                    .withClientId("millrace-" + verb.name())
                    .withTimeouts(REQUEST_TIMEOUT_MS, API_TIMEOUT_MS, 0);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(verb.commandLine(), "--server: " + e.getMessage(), e);
        }
    }
}
