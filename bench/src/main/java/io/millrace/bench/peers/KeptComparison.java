package io.millrace.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The comparison in the documentation: {@code peers.csv} with all runs and {@code peers.md} made of it. A run of some rows
 * replaces these rows and leaves the others, so that the whole may be measured in pieces.
 */
final class KeptComparison {

    private static final String TITLE = """
            # Beside Apache Kafka 4.3.1

            Written by `./millrace bench peers`; [the runs](peers.csv). Millrace acknowledges what is synced, Kafka stock does not;
            in the durable rows Kafka syncs each request (`flush.messages=1`). One machine, one broker at a time, pairs alternating.
            Each broker starts on an empty page cache, and the next row begins when the last one's files are deleted and the broker is
            idle (Kafka deletes after 1 s here, not after a minute, lest that fall into another row).

            """;
    private static final String SECTION = "## Run of the rows ";

    private final Path folder;

    KeptComparison(Path folder) {
        this.folder = folder;
    }

    /** @param notes what to tell about this run, under a title of its own */
    void replace(String rows, List<Measured> measured, String notes) throws IOException {
        Files.createDirectories(folder);
        Path csv = folder.resolve("peers.csv");
        Set<String> replaced = measured.stream().map(Measured::row).collect(Collectors.toSet());
        List<Measured> all = new ArrayList<>();
        if (Files.exists(csv)) {
            Files.readAllLines(csv).stream()
                    .skip(1)
                    .map(Measured::parse)
                    .filter(run -> !replaced.contains(run.row()))
                    .forEach(all::add);
        }
        all.addAll(measured);
        List<String> lines = new ArrayList<>(List.of(Measured.CSV_HEADER));
        all.forEach(run -> lines.add(run.csv()));
        Files.write(csv, lines);

        Path page = folder.resolve("peers.md");
        Map<String, String> sections = new LinkedHashMap<>();
        if (Files.exists(page)) {
            String[] parts = Files.readString(page).split(SECTION, -1);
            for (int i = 1; i < parts.length; i++) {
                sections.put(parts[i].lines().findFirst().orElse(""), parts[i].strip() + "\n\n");
            }
        }
        String name = "`" + rows + "`";
        sections.put(name, name + "\n\n" + notes + "\n");
        StringBuilder text = new StringBuilder(TITLE).append(new ComparisonTable(all).markdown());
        sections.values()
                .forEach(section -> text.append('\n')
                        .append(SECTION)
                        .append(section.strip())
                        .append('\n'));
        Files.writeString(page, text);
    }
}
