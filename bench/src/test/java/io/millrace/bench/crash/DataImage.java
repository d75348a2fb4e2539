package io.millrace.bench.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The broker's data on an ext4 image, kept as a file on an XFS that shares extents: the image can be copied in one atomic step,
 * and the copy is the disk as a power cut would leave it at that moment. What only the page cache of the mounted ext4 holds is
 * not in it. Needs root. Owned by the main thread.
 */
final class DataImage implements AutoCloseable {

    private static final String POOL_SIZE = "16G";
    private static final String IMAGE_SIZE = "4G";

    private final Path pool;
    private final Path mount;
    private final Path copyMount;
    private int version;

    private DataImage(Path pool, Path mount, Path copyMount) {
        this.pool = pool;
        this.mount = mount;
        this.copyMount = copyMount;
    }

    static DataImage create(Path work) throws IOException, InterruptedException {
        Path file = work.resolve("pool.img");
        Path pool = Files.createDirectories(work.resolve("pool"));
        Path mount = Files.createDirectories(work.resolve("live"));
        Shell.run("truncate", "-s", POOL_SIZE, file.toString());
        Shell.run("mkfs.xfs", "-q", "-f", "-m", "reflink=1", file.toString());
        Shell.run("mount", "-o", "loop", file.toString(), pool.toString());
        DataImage image = new DataImage(pool, mount, Files.createDirectories(work.resolve("copy")));
        Shell.run("truncate", "-s", IMAGE_SIZE, image.current().toString());
        Shell.run("mkfs.ext4", "-q", "-F", image.current().toString());
        image.mountCurrent();
        return image;
    }

    Path mount() {
        return mount;
    }

    private Path current() {
        return pool.resolve("data-" + version + ".img");
    }

    private void mountCurrent() throws IOException, InterruptedException {
        Shell.run("mount", "-o", "loop", current().toString(), mount.toString());
    }

    /** Copies the disk as it is at this moment; the mounted one goes on. */
    void snapshot() throws IOException, InterruptedException {
        Shell.run("cp", "--reflink=always", current().toString(), next().toString());
    }

    private Path next() {
        return pool.resolve("data-" + (version + 1) + ".img");
    }

    /** Holds the last {@link #snapshot} against the mounted disk, which nobody may have written to since. */
    Shortfall shortfall() throws IOException, InterruptedException {
        Shell.run("mount", "-o", "loop", next().toString(), copyMount.toString());
        try {
            return Shortfall.between(mount, copyMount);
        } finally {
            Shell.run("umount", copyMount.toString());
        }
    }

    /** Puts the last {@link #snapshot} in the place of the mounted disk, whose users must be gone. */
    void powerCycle() throws IOException, InterruptedException {
        Shell.run("umount", mount.toString());
        Files.delete(current());
        version++;
        mountCurrent();
    }

    @Override
    public void close() throws IOException {
        try {
            Shell.run("umount", mount.toString());
            Shell.run("umount", pool.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while unmounting " + mount, e);
        }
    }
}
