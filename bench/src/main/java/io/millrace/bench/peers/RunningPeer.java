package io.millrace.bench.peers;

import io.millrace.bench.probe.ProcessFigures;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A broker process. Owned by the main thread. */
final class RunningPeer implements AutoCloseable {

    private static final long START_DEADLINE_NS = 60_000_000_000L;
    private static final int POLL_MS = 2;
    private static final int STOP_SECONDS = 30;

    private final Peer peer;
    private final Process process;
    private final double startSeconds;

    private RunningPeer(Peer peer, Process process, double startSeconds) {
        this.peer = peer;
        this.process = process;
        this.startSeconds = startSeconds;
    }

    /** Starts and returns once the port is open. */
    static RunningPeer start(Peer peer, Path folder) throws IOException, InterruptedException {
        long startedNs = System.nanoTime();
        Process process = new ProcessBuilder(peer.command(folder))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("broker.log").toFile()))
                .start();
        while (!isOpen(peer.port())) {
            if (!process.isAlive() || System.nanoTime() - startedNs > START_DEADLINE_NS) {
                process.destroyForcibly();
                throw new IOException(peer.name() + " did not start: see " + folder.resolve("broker.log"));
            }
            Thread.sleep(POLL_MS);
        }
        return new RunningPeer(peer, process, (System.nanoTime() - startedNs) / 1e9);
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("localhost", port), 100);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    String bootstrap() {
        return "localhost:" + peer.port();
    }

    /** From exec to an open port. */
    double startSeconds() {
        return startSeconds;
    }

    long pid() {
        return process.pid();
    }

    double residentMiB() throws IOException {
        return ProcessFigures.of(process.pid()).residentMiB();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
