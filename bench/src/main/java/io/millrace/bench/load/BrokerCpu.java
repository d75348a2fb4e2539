package io.millrace.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** CPU time of a process, of all its threads, from /proc. Stateless. */
public final class BrokerCpu {

    /** Asked of nobody: {@link #seconds} answers 0. */
    public static final int NO_PROCESS = 0;

    private static final double CLOCK_TICKS_PER_SECOND = 100;
    /** Positions of utime and stime behind the command's closing parenthesis in /proc/PID/stat. */
    private static final int UTIME = 11;

    private static final int STIME = 12;

    private BrokerCpu() {}

    /** User and system seconds so far; 0 for {@link #NO_PROCESS}. */
    public static double seconds(long pid) throws IOException {
        if (pid == NO_PROCESS) {
            return 0;
        }
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
        return (Long.parseLong(fields.get(UTIME)) + Long.parseLong(fields.get(STIME))) / CLOCK_TICKS_PER_SECOND;
    }
}
