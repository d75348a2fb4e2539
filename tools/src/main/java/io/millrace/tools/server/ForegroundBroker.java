package io.millrace.tools.server;

import io.millrace.broker.boot.Broker;
import io.millrace.broker.boot.BrokerStartException;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.tools.shell.ExitCode;
import io.millrace.tools.shell.StopSignals;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import picocli.CommandLine;

/** A broker in the foreground: until a signal, or until it cannot go on. */
final class ForegroundBroker {

    private ForegroundBroker() {}

    /**
     * Starts a broker, says so, and waits.
     *
     * @param overrides what {@code config} was parsed from
     * @param started told once the broker serves
     * @return the exit code
     * @throws BrokerStartException when it does not come up; nothing is left running
     */
    static int run(CommandLine terminal, BrokerConfig config, Map<String, String> overrides, Consumer<Broker> started)
            throws BrokerStartException {
        endWithAnyThread();
        CompletableFuture<Integer> ended = new CompletableFuture<>();
        AtomicBoolean told = new AtomicBoolean();
        Broker broker = Broker.start(config, overrides, message -> {
            if (told.compareAndSet(false, true)) { // every shard of a failed disk says the same
                terminal.getErr().println("millrace: " + message);
            }
            ended.complete(ExitCode.FAILED);
        });
        StopSignals.install(() -> ended.complete(0), () -> Runtime.getRuntime().halt(ExitCode.INTERRUPTED));
        started.accept(broker);
        int exitCode = ended.join();
        if (exitCode == 0) {
            terminal.getOut().println("Stopping. Ctrl-C again stops at once.");
            broker.close();
        }
        return exitCode;
    }

    /** A thread that ends takes its duties along: rather a restart, which loses nothing, than a broker that hangs. */
    private static void endWithAnyThread() {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            System.err.println("millrace: thread " + thread.getName() + " broke (" + failure
                    + "), so the process ends; start it again: nothing acknowledged is lost. Please report this");
            Runtime.getRuntime().halt(ExitCode.FAILED);
        });
    }
}
