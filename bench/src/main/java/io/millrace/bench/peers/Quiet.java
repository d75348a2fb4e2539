package io.millrace.bench.peers;

import io.millrace.bench.load.BrokerCpu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes the machine ready for what is measured next: what was written before is on the disk or gone, and nobody is at work on
 * it. Stateless.
 */
final class Quiet {

    private static final Path DROP_CACHES = Path.of("/proc/sys/vm/drop_caches");
    /** Page cache, not inodes and names. */
    private static final String PAGES = "1";

    private static final int LOOK_EVERY_MS = 500;
    /** Of one core, below which a broker has nothing left to do. */
    private static final double IDLE_SHARE = 0.05;
    /** Looks in a row that have to find it idle; files of a deleted topic go a second later in Kafka as it is set here. */
    private static final int IDLE_LOOKS = 4;

    private static final int LOOKS = 60;

    private Quiet() {}

    /**
     * All dirty pages written, and the page cache empty where the system lets us: a full one has each page written cost a page
     * reclaimed (up to 1 CPU-s/GiB), which would fall on whoever writes when it gets full.
     */
    static void emptyPageCache() throws IOException, InterruptedException {
        new ProcessBuilder("sync").start().waitFor();
        if (Files.isWritable(DROP_CACHES)) {
            Files.writeString(DROP_CACHES, PAGES);
        }
    }

    /** Until the process has done next to nothing for two seconds, at most half a minute: deleted topics' files are gone then. */
    static void awaitIdle(long pid) throws IOException, InterruptedException {
        int idle = 0;
        double before = BrokerCpu.seconds(pid);
        for (int look = 0; look < LOOKS && idle < IDLE_LOOKS; look++) {
            Thread.sleep(LOOK_EVERY_MS);
            double now = BrokerCpu.seconds(pid);
            idle = (now - before) * 1000 / LOOK_EVERY_MS < IDLE_SHARE ? idle + 1 : 0;
            before = now;
        }
    }
}
