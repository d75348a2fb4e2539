package io.millrace.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of its own, in an image file, that is soon full. Needs root. Owned by the test's thread. */
final class SmallDisk implements AutoCloseable {

    private static final int PIECE_BYTES = 1 << 16;

    private final Path mount;

    private SmallDisk(Path mount) {
        this.mount = mount;
    }

    /** @param work an existing folder, in which image and mount point are made */
    static SmallDisk create(Path work, int megabytes) throws IOException {
        Path image = work.resolve("disk.img");
        Path mount = Files.createDirectory(work.resolve("disk"));
        RootFaults.run("truncate", "-s", megabytes + "M", image.toString());
        RootFaults.run("mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=0", image.toString());
        RootFaults.run("mount", "-o", "loop", image.toString(), mount.toString());
        return new SmallDisk(mount);
    }

    Path path() {
        return mount;
    }

    private Path filler() {
        return mount.resolve("filler");
    }

    /** Takes everything that is free, as another program may. */
    void fill() {
        byte[] piece = new byte[PIECE_BYTES];
        try (OutputStream out = Files.newOutputStream(filler())) {
            while (true) {
                out.write(piece);
            }
        } catch (IOException full) {
            RootFaults.run("sync", "-f", mount.toString()); // what ext4 held back for later takes its place now
        }
    }

    /** Gives it back. */
    void free() {
        try {
            Files.deleteIfExists(filler());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        RootFaults.run("umount", mount.toString());
    }
}
