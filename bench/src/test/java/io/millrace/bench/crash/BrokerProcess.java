package io.millrace.bench.crash;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A broker as an operating system process, started by a command line and ended without warning. Owned by the main thread. */
final class BrokerProcess {

    private final Process process;

    private BrokerProcess(Process process) {
        this.process = process;
    }

    /**
     * @param command a template: {@code {port}}, {@code {admin}} and {@code {data}} are replaced
     * @param log gets what the broker prints, appended
     */
    static BrokerProcess start(String command, int port, Path data, Path log) throws IOException {
        String line = command.replace("{port}", Integer.toString(port))
                .replace("{admin}", Integer.toString(port + 1))
                .replace("{data}", data.toString());
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", "exec " + line);
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return new BrokerProcess(builder.start());
    }

    /** Waits until the port takes connections. */
    void awaitListening(int port, Duration limit) throws InterruptedException {
        long endNs = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < endNs) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
                return;
            } catch (IOException notYet) {
                if (!process.isAlive()) {
                    throw new IllegalStateException("the broker ended with code " + process.exitValue());
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
        throw new IllegalStateException("nothing listens on port " + port + " after " + limit.toSeconds() + " s");
    }

    /** kill -9 of the process and everything below it. */
    void kill() throws InterruptedException {
        List<ProcessHandle> all = tree();
        all.forEach(ProcessHandle::destroyForcibly);
        process.waitFor();
        for (ProcessHandle one : all) {
            one.onExit().join();
        }
    }

    /** No instruction of the broker runs after this; what the kernel holds stays. */
    void freeze() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kill", "-STOP"));
        tree().forEach(one -> command.add(Long.toString(one.pid())));
        Shell.run(command.toArray(String[]::new));
    }

    private List<ProcessHandle> tree() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }
}
