package io.millrace.simulation.group;

/**
 * The long run: {@code GroupChurnMain [SEEDS [FIRST]]}, or {@code GroupChurnMain --lies} to see after how many seeds each lie of the
 * log is found.
 */
public final class GroupChurnMain {

    private static final long DEFAULT_SEEDS = 10_000;
    private static final int MAX_SEEDS_PER_LIE = 10_000;

    private GroupChurnMain() {}

    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals("--lies")) {
            for (SimOffsetsLog.Lie lie : SimOffsetsLog.Lie.values()) {
                if (lie != SimOffsetsLog.Lie.NONE) {
                    System.out.println(lie + ": " + firstSeedThatFinds(lie, MAX_SEEDS_PER_LIE));
                }
            }
            return;
        }
        long seeds = args.length > 0 ? Long.parseLong(args[0]) : DEFAULT_SEEDS;
        long first = args.length > 1 ? Long.parseLong(args[1]) : 1;
        long startNs = System.nanoTime();
        long generations = 0;
        long assignments = 0;
        long commits = 0;
        long kills = 0;
        for (long seed = first; seed < first + seeds; seed++) {
            GroupChurn.Result result = GroupChurn.run(seed);
            generations += result.generations();
            assignments += result.assignments();
            commits += result.commits();
            kills += result.kills();
            if ((seed - first + 1) % 1_000 == 0) {
                System.out.println("seeds=" + (seed - first + 1) + " generations=" + generations + " assignments="
                        + assignments + " commits=" + commits + " kills=" + kills + " seconds="
                        + (System.nanoTime() - startNs) / 1_000_000_000);
            }
        }
        System.out.println("OK seeds=" + seeds + " generations=" + generations + " assignments=" + assignments
                + " commits=" + commits + " kills=" + kills + " seconds="
                + (System.nanoTime() - startNs) / 1_000_000_000);
    }

    /** What a lie breaks first, from seed 1 on. */
    static String firstSeedThatFinds(SimOffsetsLog.Lie lie, int seeds) {
        for (int seed = 1; seed <= seeds; seed++) {
            try {
                new GroupChurn(seed, lie).run();
            } catch (GroupViolation found) {
                return "found by seed " + seed + ": " + found.getMessage();
            }
        }
        return "not found in " + seeds + " seeds";
    }
}
