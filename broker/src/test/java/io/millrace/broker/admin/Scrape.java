package io.millrace.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of Prometheus text, read strictly: a line that does not fit the format fails the test. */
final class Scrape {

    private static final Pattern COMMENT = Pattern.compile("# (HELP|TYPE) ([a-z_][a-z0-9_]*) (\\S.*)");
    private static final Pattern SAMPLE = Pattern.compile("([a-z_][a-z0-9_]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_][a-z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

    /** One metric with all its series. */
    record Family(String name, String help, String type, SortedSet<String> labels, Map<String, Double> series) {}

    private final Map<String, Family> families = new TreeMap<>();

    static Scrape parse(String text) {
        Scrape scrape = new Scrape();
        assertThat(text).as("the last line is ended too").endsWith("\n");
        String help = null;
        Family family = null;
        for (String line : text.lines().toList()) {
            Matcher comment = COMMENT.matcher(line);
            if (comment.matches()) {
                if (comment.group(1).equals("HELP")) {
                    assertThat(help).as("two HELP lines before %s", line).isNull();
                    help = comment.group(3);
                } else {
                    family = new Family(
                            comment.group(2),
                            Objects.requireNonNull(help, line),
                            comment.group(3),
                            new TreeSet<>(),
                            new LinkedHashMap<>());
                    assertThat(scrape.families.put(family.name(), family))
                            .as(line)
                            .isNull();
                    help = null;
                }
            } else {
                assertThat(family).as(line).isNotNull();
                sample(line, Objects.requireNonNull(family));
            }
        }
        return scrape;
    }

    private static void sample(String line, Family family) {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as("a sample: %s", line).isTrue();
        String suffix = family.type().equals("summary") || family.type().equals("histogram")
                ? "(_sum|_count|_max|_bucket)?"
                : "";
        assertThat(sample.group(1)).as(line).matches(Pattern.quote(family.name()) + suffix);
        String labels = sample.group(2) == null ? "" : sample.group(2);
        Matcher label = LABEL.matcher(labels);
        int end = 0;
        while (label.find()) {
            assertThat(label.start()).as(line).isEqualTo(end);
            family.labels().add(label.group(1));
            end = label.end();
        }
        assertThat(end).as("labels of %s", line).isEqualTo(labels.length());
        String series = sample.group(1) + "{" + labels + "}";
        Double value = Double.valueOf(sample.group(3).replace("+Inf", "Infinity"));
        assertThat(family.series().put(series, value)).as("a second %s", series).isNull();
    }

    Map<String, Family> families() {
        return families;
    }

    Family family(String name) {
        return Objects.requireNonNull(families.get(name), () -> name + " is not among " + families.keySet());
    }

    /** The value of a family with one series and no labels. */
    double value(String name) {
        return value(name, "");
    }

    double value(String name, String labels) {
        Family family = family(name);
        return Objects.requireNonNull(
                family.series().get(name + "{" + labels + "}"), () -> labels + " is not in " + family.series());
    }
}
