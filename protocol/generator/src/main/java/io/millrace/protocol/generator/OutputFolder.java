package io.millrace.protocol.generator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder of one generated package. Writes only files whose text changed and removes those that are no longer made, so that a
 * build with unchanged schemas recompiles nothing.
 */
final class OutputFolder {
    private final Path folder;
    private final Set<String> written = new HashSet<>();
    private int changed;

    OutputFolder(Path root, String javaPackage) {
        this.folder = root.resolve(javaPackage.replace('.', '/'));
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot create " + folder, e);
        }
    }

    void write(String typeName, String text) {
        Path file = folder.resolve(typeName + ".java");
        written.add(file.getFileName().toString());
        try {
            if (!Files.exists(file) || !Files.readString(file).equals(text)) {
                Files.writeString(file, text);
                changed++;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /** Removes Java files of earlier runs and returns how many files were written or removed in all. */
    int finish() {
        List<Path> stale;
        try (Stream<Path> files = Files.list(folder)) {
            stale = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !written.contains(file.getFileName().toString()))
                    .toList();
            for (Path file : stale) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot clean " + folder, e);
        }
        return changed + stale.size();
    }
}
