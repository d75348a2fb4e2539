package io.millrace.bench.peers;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a comparison runs. Immutable.
 *
 * @param rounds counted rounds, each with fresh brokers
 * @param seconds measured in each row
 * @param warmupSeconds the same load before it, not counted: both brokers are JVMs, and what they compile in their first
 *     seconds says nothing about the next hour
 * @param rows only the rows whose name matches; a comparison of some rows is printed, not kept
 * @param peers only the peers whose name matches
 */
record ComparisonOptions(int rounds, int seconds, int warmupSeconds, Pattern rows, Pattern peers) {

    private static final String ALL = ".*";
    private static final Set<String> KNOWN = Set.of("rounds", "seconds", "warmup", "rows", "peers");

    /** {@code --key value} pairs from {@code arguments[from]} on. */
    static ComparisonOptions parse(String[] arguments, int from) {
        Map<String, String> given = new HashMap<>();
        for (int i = from; i < arguments.length; i += 2) {
            String key = arguments[i].replaceFirst("^--", "");
            if (!KNOWN.contains(key) || i + 1 == arguments.length) {
                throw new IllegalArgumentException("options are --key value, keys " + KNOWN + ", not " + arguments[i]);
            }
            given.put(key, arguments[i + 1]);
        }
        return new ComparisonOptions(
                Integer.parseInt(given.getOrDefault("rounds", "5")),
                Integer.parseInt(given.getOrDefault("seconds", "8")),
                Integer.parseInt(given.getOrDefault("warmup", "4")),
                Pattern.compile(given.getOrDefault("rows", ALL)),
                Pattern.compile(given.getOrDefault("peers", ALL)));
    }

    boolean wants(Row row) {
        return rows.matcher(row.name()).find();
    }

    boolean wants(Peer peer) {
        return peers.matcher(peer.name()).find();
    }

    /** Whether everything runs, so that the outcome may replace the kept one. */
    boolean complete() {
        return rows.pattern().equals(ALL) && peers.pattern().equals(ALL);
    }
}
