package io.millrace.bench.spike;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringTokenizer;

/** CPU time: of this process (utime + stime, all threads) and of the whole machine, whose difference shows work in kernel threads. */
final class ProcessCpu {
    private static final OperatingSystemMXBean OS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final double SECONDS_PER_TICK = 0.01;

    private ProcessCpu() {}

    static long processNs() {
        return OS.getProcessCpuTime();
    }

    /** Busy seconds of all cores since boot: user, nice, system, irq, softirq; 10 ms resolution. */
    static double machineSeconds() {
        try {
            StringTokenizer fields = new StringTokenizer(
                    Files.readAllLines(Path.of("/proc/stat")).getFirst());
            fields.nextToken();
            long[] ticks = new long[7];
            for (int i = 0; i < ticks.length; i++) {
                ticks[i] = Long.parseLong(fields.nextToken());
            }
            return (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) * SECONDS_PER_TICK;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
