package io.millrace.simulation.recovery;

import io.millrace.simulation.recovery.planted.PlantedBug;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The long run, and the replay of one failing point.
 *
 * <pre>
 *   RecoveryMain [--points N] [--seed FIRST] [--draws N] [--bug NAME] [--keep-going]  from one seed on, until so many distinct points
 *   RecoveryMain --seed S [--operation N --draw D] [--bug NAME]                 one workload, or one point of it
 *   RecoveryMain --bugs [--points N]                                            after how many points each planted bug is found
 * </pre>
 */
public final class RecoveryMain {

    private static final long DEFAULT_POINTS = 100_000;
    private static final int DEFAULT_DRAWS = 6;

    private RecoveryMain() {}

    public static void main(String[] args) {
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 0; i < args.length; i++) {
            boolean flag = i + 1 == args.length || args[i + 1].startsWith("--");
            options.put(args[i], flag ? "" : args[++i]);
        }
        long points = Long.parseLong(options.getOrDefault("--points", Long.toString(DEFAULT_POINTS)));
        int draws = Integer.parseInt(options.getOrDefault("--draws", Integer.toString(DEFAULT_DRAWS)));
        PlantedBug bug =
                PlantedBug.valueOf(options.getOrDefault("--bug", "NONE").toUpperCase(Locale.ROOT));
        long seed = Long.parseLong(options.getOrDefault("--seed", "1"));
        if (options.containsKey("--bugs")) {
            findBugs(points, draws);
            return;
        }
        boolean single = options.containsKey("--seed") && !options.containsKey("--points");
        RecoveryReport report = new RecoveryReport();
        long operation = Long.parseLong(options.getOrDefault("--operation", "0"));
        int draw = Integer.parseInt(options.getOrDefault("--draw", "0"));
        long startNs = System.nanoTime();
        int failures = 0;
        do {
            try {
                new RecoveryCheck(report, bug, Math.max(draws, draw + 1), points)
                        .run(seed++, new RecoveryCheck.Focus(operation, draw));
            } catch (Violation e) {
                if (!options.containsKey("--keep-going")) {
                    throw e;
                }
                failures++;
                System.out.println("FAILED " + e.getMessage());
            }
            if (seed % 20 == 0) {
                System.out.println(
                        "seed=" + seed + " " + report + " seconds=" + (System.nanoTime() - startNs) / 1_000_000_000);
            }
        } while (!single && report.distinctPoints() < points);
        System.out.println((failures == 0 ? "OK " : "FAILED workloads=" + failures + " ") + report + " seconds="
                + (System.nanoTime() - startNs) / 1_000_000_000);
    }

    private static void findBugs(long points, int draws) {
        for (PlantedBug bug : PlantedBug.values()) {
            if (bug != PlantedBug.NONE) {
                System.out.println(bug + ": " + new BugHunt(bug, points, draws).run(1));
            }
        }
    }
}
