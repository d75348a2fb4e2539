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
 * @param heatSeconds the first wanted row's load before a fresh broker's first row, not counted either: what is compiled first is
 *     most, and would all be that row's
 * @param rows only the rows whose name matches
 * @param peers only the peers whose name matches
 * @param keeps whether the outcome replaces what is kept of these rows; else it is only printed
 */
record ComparisonOptions(
        int rounds, int seconds, int warmupSeconds, int heatSeconds, Pattern rows, Pattern peers, boolean keeps) {

    private static final String ALL = ".*";
    private static final Set<String> KNOWN = Set.of("rounds", "seconds", "warmup", "heat", "rows", "peers", "keep");

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
        String rows = given.getOrDefault("rows", ALL);
        String peers = given.getOrDefault("peers", ALL);
        boolean complete = rows.equals(ALL) && peers.equals(ALL);
        return new ComparisonOptions(
                Integer.parseInt(given.getOrDefault("rounds", "5")),
                Integer.parseInt(given.getOrDefault("seconds", "8")),
                Integer.parseInt(given.getOrDefault("warmup", "4")),
                Integer.parseInt(given.getOrDefault("heat", "15")),
                Pattern.compile(rows),
                Pattern.compile(peers),
                Boolean.parseBoolean(given.getOrDefault("keep", Boolean.toString(complete))));
    }

    boolean wants(Row row) {
        return rows.matcher(row.name()).find();
    }

    boolean wants(Peer peer) {
        return peers.matcher(peer.name()).find();
    }
}
