package io.millrace.bench.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A broker under comparison. */
interface Peer {

    String name();

    int port();

    /** Everything that must be done once before the first start in {@code folder}. */
    void prepare(Path folder) throws IOException, InterruptedException;

    /** The broker's command line; data and configuration lie in {@code folder}. */
    List<String> command(Path folder);

    /** What the running one synced so far; {@link JournalMeter#NONE} when it does not say. */
    JournalMeter journal() throws IOException, InterruptedException;
}
