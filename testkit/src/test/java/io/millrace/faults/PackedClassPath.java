package io.millrace.faults;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * This test's class path with a jar for each folder of classes, as the packaged command has it: a jar stays open, while every
 * class of a folder takes a file descriptor when it is first used. Stateless.
 */
final class PackedClassPath {

    private PackedClassPath() {}

    /** @param work an existing folder, which gets the jars */
    static String in(Path work) throws IOException {
        String given = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> packed = new ArrayList<>();
        for (String entry : given.split(File.pathSeparator, -1)) {
            Path folder = Path.of(entry);
            packed.add(Files.isDirectory(folder) ? jar(folder, work).toString() : entry);
        }
        return String.join(File.pathSeparator, packed);
    }

    private static Path jar(Path folder, Path work) throws IOException {
        Path jar = Files.createTempFile(work, "classes", ".jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(folder)) {
            entries.setLevel(0);
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                entries.putNextEntry(new JarEntry(folder.relativize(file).toString()));
                Files.copy(file, entries);
                entries.closeEntry();
            }
        }
        return jar;
    }
}
