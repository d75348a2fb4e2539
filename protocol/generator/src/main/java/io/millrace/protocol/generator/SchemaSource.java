package io.millrace.protocol.generator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A place with schema files: a jar, whose {@code common/message/*.json} are read, or a directory, whose {@code *.json} are. */
final class SchemaSource {
    private static final String JAR_FOLDER = "common/message/";

    private SchemaSource() {}

    /** Every schema of the place, removed messages included, in the order of their file names. */
    static List<MessageSchema> read(Path place) {
        try {
            if (Files.isDirectory(place)) {
                return readFolder(place);
            }
            if (Files.isRegularFile(place)) {
                return readJar(place);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read schemas from " + place, e);
        }
        throw new SchemaException("no schemas at " + place + ": neither a jar nor a directory");
    }

    private static List<MessageSchema> readFolder(Path folder) throws IOException {
        SchemaReader reader = new SchemaReader();
        List<MessageSchema> schemas = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                schemas.add(reader.read(file.getFileName().toString(), Files.readAllBytes(file)));
            }
        }
        return schemas;
    }

    private static List<MessageSchema> readJar(Path jar) throws IOException {
        SchemaReader reader = new SchemaReader();
        List<MessageSchema> schemas = new ArrayList<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            List<? extends ZipEntry> entries = zip.stream()
                    .filter(entry -> entry.getName().startsWith(JAR_FOLDER)
                            && entry.getName().endsWith(".json"))
                    .sorted(Comparator.comparing(ZipEntry::getName))
                    .toList();
            for (ZipEntry entry : entries) {
                try (InputStream in = zip.getInputStream(entry)) {
                    schemas.add(reader.read(entry.getName(), in.readAllBytes()));
                }
            }
        }
        return schemas;
    }
}
