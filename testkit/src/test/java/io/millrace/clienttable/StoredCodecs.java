package io.millrace.clienttable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * {@code StoredCodecs DATA_FOLDER}: of a stopped broker; prints {@code TOPIC CODEC[,CODEC]} as the attributes of the stored batches say. A
 * client that leaves compression out without a word is found here.
 */
final class StoredCodecs {

    private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
    private static final int LENGTH_AT = 8;
    private static final int ATTRIBUTES_AT = 21;
    private static final int OVERHEAD_BYTES = 12;
    private static final int CODEC_MASK = 7;

    private StoredCodecs() {}

    public static void main(String[] arguments) throws IOException {
        Map<String, Set<String>> codecs = new TreeMap<>();
        try (Stream<Path> files = Files.walk(Path.of(arguments[0]), 2)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".log")).toList()) {
                Path folder = file.getParent();
                String partition = folder == null ? "" : String.valueOf(folder.getFileName());
                int dash = partition.lastIndexOf('-');
                if (dash > 0) {
                    read(file, codecs.computeIfAbsent(partition.substring(0, dash), topic -> new TreeSet<>()));
                }
            }
        }
        codecs.forEach((topic, found) ->
                System.out.println(topic + " " + String.join(",", found).toLowerCase(Locale.ROOT)));
    }

    private static void read(Path file, Set<String> found) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        int at = 0;
        while (at + ATTRIBUTES_AT + Short.BYTES <= bytes.limit()) {
            int sizeBytes = bytes.getInt(at + LENGTH_AT) + OVERHEAD_BYTES;
            if (sizeBytes <= ATTRIBUTES_AT) {
                return;
            }
            found.add(CODECS.get(bytes.getShort(at + ATTRIBUTES_AT) & CODEC_MASK));
            at += sizeBytes;
        }
    }
}
