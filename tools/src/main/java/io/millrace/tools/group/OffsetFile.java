package io.millrace.tools.group;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.tools.shell.VerbException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Offsets in a file, a line {@code topic,partition,offset} each, as Kafka's tool exports them; quotes and empty lines are fine. */
final class OffsetFile {

    /** Far beyond the partitions of a cluster; bounds what a wrong file can take. */
    private static final int MAX_LINES = 1_000_000;

    private static final Pattern LINE =
            Pattern.compile("\\s*\"?([a-zA-Z0-9._-]+)\"?\\s*,\\s*\"?(\\d{1,9})\"?\\s*,\\s*\"?(\\d{1,18})\"?\\s*");

    private OffsetFile() {}

    static Map<TopicPartition, Long> read(Path file) {
        Map<TopicPartition, Long> offsets = new TreeMap<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                Matcher found = LINE.matcher(line);
                if (!found.matches() || number > MAX_LINES) {
                    throw new VerbException(file + " line " + number
                            + ": not topic,partition,offset (e.g. orders,0,4711); nothing was moved");
                }
                TopicPartition partition = new TopicPartition(found.group(1), Integer.parseInt(found.group(2)));
                if (offsets.put(partition, Long.parseLong(found.group(3))) != null) {
                    throw new VerbException(
                            file + " line " + number + ": " + partition + " is there twice; nothing was moved");
                }
            }
        } catch (NoSuchFileException e) {
            throw new VerbException("--from-file: there is no file " + file, e);
        } catch (IOException e) {
            throw new VerbException("--from-file: cannot read " + file + ": " + e.getMessage(), e);
        }
        if (offsets.isEmpty()) {
            throw new VerbException("--from-file: " + file + " names no partition; nothing was moved");
        }
        return offsets;
    }
}
