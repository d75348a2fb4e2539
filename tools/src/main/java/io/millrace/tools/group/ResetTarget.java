package io.millrace.tools.group;

import io.millrace.client.cluster.TopicPartition;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a reset goes, as typed: one of these. Immutable once parsed. */
sealed interface ResetTarget {

    record Earliest() implements ResetTarget {}

    record Latest() implements ResetTarget {}

    /** Where the group is: useful to clamp it to the log, or to keep offsets from expiring. */
    record Current() implements ResetTarget {}

    record ToOffset(long offset) implements ResetTarget {}

    record ShiftBy(long records) implements ResetTarget {}

    record ToTime(long timestampMs) implements ResetTarget {}

    record FromFile(Map<TopicPartition, Long> offsets) implements ResetTarget {
        public FromFile {
            offsets = java.util.Collections.unmodifiableMap(new TreeMap<>(offsets));
        }
    }

    /** The options that name a target; the command line lets one be given. */
    final class Options {

        @Option(names = "--to-earliest", required = true, description = "To the first record that is there.")
        private boolean earliest;

        @Option(names = "--to-latest", required = true, description = "To the end: only records from now on.")
        private boolean latest;

        @SuppressWarnings("UnusedVariable") // it is the one that holds when none of the others does
        @Option(
                names = "--to-current",
                required = true,
                description = "To where the group is; moves only what is outside of the log.")
        private boolean current;

        @Option(names = "--to-offset", required = true, paramLabel = "N", description = "To this offset.")
        private @Nullable Long offset;

        @Option(
                names = "--shift-by",
                required = true,
                paramLabel = "N",
                description = "By so many records from where the group is; negative to read some again.")
        private @Nullable Long shift;

        @Option(
                names = "--to-datetime",
                required = true,
                paramLabel = "TIME",
                description =
                        "To the first record at or after an ISO-8601 time, e.g. 2026-11-21T08:00:00+01:00; without a zone, UTC.")
        private @Nullable String time;

        @Option(
                names = "--by-duration",
                required = true,
                paramLabel = "AGO",
                description = "To the first record younger than an ISO-8601 duration, e.g. PT90M or P2D.")
        private @Nullable String ago;

        @Option(
                names = "--from-file",
                required = true,
                paramLabel = "FILE",
                description = "To what a file says: a line topic,partition,offset for each partition.")
        private @Nullable Path file;

        /**
         * What was chosen.
         *
         * @throws IllegalArgumentException that names the option and what it expects
         */
        ResetTarget chosen(Instant now) {
            if (offset != null) {
                if (offset < 0) {
                    throw new IllegalArgumentException("--to-offset: " + offset + " is negative");
                }
                return new ToOffset(offset);
            }
            if (shift != null) {
                return new ShiftBy(shift);
            }
            if (time != null) {
                return new ToTime(toTime(time).toEpochMilli());
            }
            if (ago != null) {
                return new ToTime(Math.max(0, now.minus(toDuration(ago)).toEpochMilli()));
            }
            if (file != null) {
                return new FromFile(OffsetFile.read(file));
            }
            if (earliest) {
                return new Earliest();
            }
            if (latest) {
                return new Latest();
            }
            if (current) {
                return new Current();
            }
            throw new IllegalStateException("no target, although one is required");
        }
    }

    /** A date, a time with or without a zone. */
    static Instant toTime(String typed) {
        try {
            Instant time;
            if (typed.indexOf('T') < 0) {
                time = LocalDate.parse(typed).atStartOfDay().toInstant(ZoneOffset.UTC);
            } else if (typed.matches(".*T.*(Z|[+-]\\d\\d(:?\\d\\d)?)")) {
                time = OffsetDateTime.parse(typed).toInstant();
            } else {
                time = LocalDateTime.parse(typed).toInstant(ZoneOffset.UTC);
            }
            if (time.toEpochMilli() < 0) {
                throw new IllegalArgumentException("--to-datetime: '" + typed + "' is before 1970");
            }
            return time;
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "--to-datetime: '" + typed + "' is no ISO-8601 time: write e.g. 2026-11-21T08:00:00Z", e);
        }
    }

    private static Duration toDuration(String typed) {
        try {
            Duration duration = Duration.parse(typed);
            if (duration.isNegative() || duration.compareTo(Duration.ofDays(365_000)) > 0) {
                throw new IllegalArgumentException("--by-duration: '" + typed + "' does not lie in the past");
            }
            return duration;
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "--by-duration: '" + typed + "' is no ISO-8601 duration: write e.g. PT90M, PT12H or P2D", e);
        }
    }
}
