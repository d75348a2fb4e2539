package io.millrace.storage.disk;

import io.millrace.storage.disk.DiskException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The machine's own file systems. Stateless apart from the handles for what the JDK lacks; thread-safe. */
public final class NioDisk implements Disk {

    private final FileSystemSync fileSystemSync = FileSystemSync.find();
    private final RangeWriteOut writeOut;

    public NioDisk() {
        this(RangeWriteOut.find());
    }

    NioDisk(RangeWriteOut writeOut) {
        this.writeOut = writeOut;
    }

    @Override
    public DiskFile open(Path file) throws DiskException {
        try {
            return new NioDiskFile(
                    file, FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE), writeOut);
        } catch (IOException e) {
            throw failure("open", file, e);
        }
    }

    @Override
    public DiskFile create(Path file) throws DiskException {
        try {
            return new NioDiskFile(
                    file,
                    FileChannel.open(
                            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    writeOut);
        } catch (IOException e) {
            throw failure("create", file, e);
        }
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return Files.isDirectory(path);
    }

    @Override
    public long length(Path file) throws DiskException {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw failure("measure", file, e);
        }
    }

    @Override
    public List<String> list(Path directory) throws DiskException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                Path name = entry.getFileName();
                if (name != null) {
                    names.add(name.toString());
                }
            }
        } catch (IOException e) {
            throw failure("list", directory, e);
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw new DiskException(Kind.FAILED, "list", directory, e);
        }
        Collections.sort(names);
        return names;
    }

    @Override
    public void createDirectories(Path directory) throws DiskException {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw failure("create folder", directory, e);
        }
    }

    @Override
    public void rename(Path from, Path to) throws DiskException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw failure("rename", from, e);
        }
    }

    @Override
    public void delete(Path path) throws DiskException {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw failure("delete", path, e);
        }
    }

    @Override
    public void syncDirectory(Path directory) throws DiskException {
        FileChannel channel;
        try {
            channel = FileChannel.open(directory, StandardOpenOption.READ);
        } catch (IOException e) {
            throw failure("open to sync the folder", directory, e);
        }
        try (channel) {
            channel.force(true);
        } catch (IOException e) {
            throw failedSync("sync folder", directory, e);
        }
    }

    @Override
    public boolean syncsFileSystems() {
        return fileSystemSync.available();
    }

    @Override
    public void syncFileSystem(Path directory) throws DiskException {
        try {
            fileSystemSync.sync(directory);
        } catch (IOException e) {
            throw failedSync("sync file system of", directory, e);
        }
    }

    @Override
    public long usableBytes(Path directory) throws DiskException {
        // One statvfs: a FileStore reads the whole mount table first. It cannot tell none from failed, so that is asked
        // again.
        long usable = directory.toFile().getUsableSpace();
        if (usable > 0) {
            return usable;
        }
        try {
            return Files.getFileStore(directory).getUsableSpace();
        } catch (IOException e) {
            throw failure("ask free space of", directory, e);
        }
    }

    @Override
    public long totalBytes(Path directory) throws DiskException {
        try {
            return Files.getFileStore(directory).getTotalSpace();
        } catch (IOException e) {
            throw failure("ask size of", directory, e);
        }
    }

    static DiskException failure(String operation, Path path, IOException cause) {
        return cause instanceof DiskException known ? known : new DiskException(kind(cause), operation, path, cause);
    }

    /** Whatever the reason, want of space included: what a failed sync should have kept is gone. */
    static DiskException failedSync(String operation, Path path, IOException cause) {
        return new DiskException(Kind.FAILED, operation, path, cause);
    }

    private static Kind kind(IOException cause) {
        if (cause instanceof NoSuchFileException || cause instanceof NotDirectoryException) {
            return Kind.NOT_FOUND;
        }
        if (cause instanceof AccessDeniedException) {
            return Kind.DENIED;
        }
        if (cause instanceof FileAlreadyExistsException) {
            return Kind.EXISTS;
        }
        return kindOf(cause.getMessage());
    }

    /** The JDK gives most errno values only as strerror text, behind the path. */
    private static Kind kindOf(@Nullable String message) {
        String text = message == null ? "" : message.toLowerCase(Locale.ROOT);
        if (text.contains("no space left") || text.contains("quota exceeded")) {
            return Kind.FULL;
        }
        if (text.contains("too many open files")) {
            return Kind.TOO_MANY_OPEN_FILES;
        }
        if (text.contains("read-only file system") || text.contains("operation not permitted")) {
            return Kind.DENIED;
        }
        return Kind.FAILED;
    }
}
