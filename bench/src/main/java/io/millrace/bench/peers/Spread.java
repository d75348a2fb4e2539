package io.millrace.bench.peers;

import java.util.List;
import java.util.Locale;

/** Median and ends of some runs; all NaN when there were none. Immutable. */
record Spread(double median, double least, double most) {

    static Spread of(List<Double> values) {
        List<Double> sorted =
                values.stream().filter(value -> !Double.isNaN(value)).sorted().toList();
        if (sorted.isEmpty()) {
            return new Spread(Double.NaN, Double.NaN, Double.NaN);
        }
        int middle = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        return new Spread(median, sorted.getFirst(), sorted.getLast());
    }

    boolean isKnown() {
        return !Double.isNaN(median);
    }

    /** Median and ends. */
    String text(int decimals) {
        return isKnown()
                ? number(median, decimals) + " (" + number(least, decimals) + ".." + number(most, decimals) + ")"
                : "-";
    }

    /** The median alone. */
    String middle(int decimals) {
        return isKnown() ? number(median, decimals) : "-";
    }

    private static String number(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
