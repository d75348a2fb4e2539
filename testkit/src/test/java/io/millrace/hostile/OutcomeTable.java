package io.millrace.hostile;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What became of the mutants, by API and by mutation. Thread-safe. */
final class OutcomeTable {

    private static final int MAX_BUGS_KEPT = 50;
    private static final int MAX_BUG_BYTES = 600;

    private final Map<String, Map<Outcome, Integer>> byApi = new TreeMap<>();
    private final Map<Mutation, Map<Outcome, Integer>> byMutation = new EnumMap<>(Mutation.class);
    private final Map<String, Integer> errors = new TreeMap<>();
    private final List<String> bugs = new ArrayList<>();
    private long total;
    private long pastHeader;

    synchronized void count(String api, Mutant mutant, Outcome outcome, String detail) {
        total++;
        pastHeader += outcome.isPastHeader() ? 1 : 0;
        byApi.computeIfAbsent(api, key -> new EnumMap<>(Outcome.class)).merge(outcome, 1, Integer::sum);
        byMutation
                .computeIfAbsent(mutant.mutation(), key -> new EnumMap<>(Outcome.class))
                .merge(outcome, 1, Integer::sum);
        if (outcome.isBug()) {
            bug(api + " " + mutant.mutation() + ": " + outcome.title() + " " + detail, mutant);
        }
    }

    synchronized void error(String code) {
        errors.merge(code, 1, Integer::sum);
    }

    /** Keeps the first few, with the frame. */
    synchronized void bug(String what, Mutant mutant) {
        if (bugs.size() < MAX_BUGS_KEPT) {
            byte[] frame = mutant.frame();
            bugs.add(what + "\n    " + HexFormat.of().formatHex(frame, 0, Math.min(frame.length, MAX_BUG_BYTES)));
        }
    }

    synchronized long total() {
        return total;
    }

    synchronized long pastHeader() {
        return pastHeader;
    }

    synchronized List<String> bugs() {
        return List.copyOf(bugs);
    }

    synchronized long count(Outcome outcome) {
        return byApi.values().stream()
                .mapToLong(counts -> counts.getOrDefault(outcome, 0))
                .sum();
    }

    synchronized long bugCount() {
        long count = 0;
        for (Outcome outcome : Outcome.values()) {
            count += outcome.isBug() ? count(outcome) : 0;
        }
        return count;
    }

    /** Frames of the API that got fewest. */
    synchronized int fewest() {
        return byApi.entrySet().stream()
                .filter(api -> !api.getKey().equals(HostileSender.NO_API))
                .mapToInt(api -> api.getValue().values().stream()
                        .mapToInt(Integer::intValue)
                        .sum())
                .min()
                .orElse(0);
    }

    /** Tables in Markdown: by API, by mutation, and the error codes. */
    synchronized String markdown() {
        StringBuilder out = new StringBuilder();
        rows(out, "API", byApi);
        Map<String, Map<Outcome, Integer>> mutations = new TreeMap<>();
        byMutation.forEach((mutation, counts) -> mutations.put(mutation.name(), counts));
        rows(out, "mutation", mutations);
        out.append("Error codes: ");
        errors.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .forEach(code -> out.append(code.getKey())
                        .append(' ')
                        .append(code.getValue())
                        .append(", "));
        return out.append("\n").toString();
    }

    private static void rows(StringBuilder out, String first, Map<String, Map<Outcome, Integer>> counts) {
        out.append("| ").append(first).append(" | frames |");
        for (Outcome outcome : Outcome.values()) {
            out.append(outcome.isBug() ? "" : " " + outcome.title() + " |");
        }
        out.append(" BUG |\n|---|");
        for (Outcome outcome : Outcome.values()) {
            out.append(outcome.isBug() ? "" : "---|");
        }
        out.append("---|---|\n");
        counts.forEach((name, row) -> {
            out.append("| ")
                    .append(name)
                    .append(" | ")
                    .append(row.values().stream().mapToInt(Integer::intValue).sum());
            int bugs = 0;
            for (Outcome outcome : Outcome.values()) {
                int count = row.getOrDefault(outcome, 0);
                bugs += outcome.isBug() ? count : 0;
                out.append(outcome.isBug() ? "" : " | " + count);
            }
            out.append(" | ").append(bugs).append(" |\n");
        });
        out.append('\n');
    }
}
