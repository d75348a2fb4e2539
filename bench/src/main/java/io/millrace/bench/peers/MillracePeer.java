package io.millrace.bench.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Millrace as {@code ./millrace dev} starts it: acks mean synced. */
final class MillracePeer implements Peer {

    private static final int PORT = 19192;
    private static final int ADMIN_PORT = 19194;

    private final Path repository;

    MillracePeer(Path repository) {
        this.repository = repository;
    }

    @Override
    public String name() {
        return "millrace";
    }

    @Override
    public int port() {
        return PORT;
    }

    @Override
    public void prepare(Path folder) {
        // The data folder makes itself.
    }

    @Override
    public List<String> command(Path folder) {
        return List.of(
                "bash",
                repository.resolve("tools/target/millrace/bin/millrace").toString(),
                "dev",
                "--port",
                Integer.toString(PORT),
                "--admin-port",
                Integer.toString(ADMIN_PORT),
                "--data",
                folder.resolve("data").toString());
    }

    @Override
    public JournalMeter journal() throws IOException, InterruptedException {
        return JournalMeter.read(ADMIN_PORT);
    }
}
