package io.millrace.bench.spike;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the raw rows of all rounds and prints, per load and candidate, the median (min-max) of each figure. */
final class MedianTable {
    private final Path csv;

    MedianTable(Path csv) {
        this.csv = csv;
    }

    void print() throws IOException {
        Map<String, List<double[]>> byCell = new LinkedHashMap<>();
        for (String line : Files.readAllLines(csv)) {
            if (line.startsWith("partitions")) {
                continue;
            }
            String[] fields = line.split(",", -1);
            double[] figures = new double[fields.length - 4];
            for (int i = 0; i < figures.length; i++) {
                figures[i] = Double.parseDouble(fields[i + 4]);
            }
            String batch = Integer.parseInt(fields[1]) / 1024 + " KiB";
            String cell = fields[2] + " | " + batch + " | " + fields[0] + " | " + fields[3];
            byCell.computeIfAbsent(cell, c -> new ArrayList<>()).add(figures);
        }
        System.out.println(
                "| loop | batch | partitions | candidate | MB/s | CPU-s/GiB | machine CPU-s/GiB | p50 ms | p99 ms"
                        + " | KiB per sync |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|");
        byCell.forEach((cell, runs) -> System.out.printf(
                "| %s | %s | %s | %s | %s | %s | %.0f |%n",
                cell,
                spread(runs, 0, 0),
                spread(runs, 1, 2),
                spread(runs, 2, 2),
                spread(runs, 3, 2),
                spread(runs, 4, 2),
                median(runs, 5)));
    }

    private static String spread(List<double[]> runs, int figure, int digits) {
        double[] sorted = sorted(runs, figure);
        String number = "%." + digits + "f";
        return (number + " (" + number + "-" + number + ")")
                .formatted(median(runs, figure), sorted[0], sorted[sorted.length - 1]);
    }

    private static double median(List<double[]> runs, int figure) {
        double[] sorted = sorted(runs, figure);
        return (sorted[sorted.length / 2] + sorted[(sorted.length - 1) / 2]) / 2;
    }

    private static double[] sorted(List<double[]> runs, int figure) {
        return runs.stream().mapToDouble(run -> run[figure]).sorted().toArray();
    }
}
