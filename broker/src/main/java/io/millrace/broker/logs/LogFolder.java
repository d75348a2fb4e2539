package io.millrace.broker.logs;

import io.millrace.runtime.EventLoop;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskLanes;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The folder that holds the logs of this broker, and the file system below it. Immutable; any thread. */
public final class LogFolder {

    /** Bytes of the file system; -1 when not known. */
    record Space(long totalBytes, long usableBytes) {

        private static final Space UNKNOWN = new Space(-1, -1);
    }

    private final Path path;
    private final Disk disk;
    private final DiskLanes lanes;

    public LogFolder(Path path, Disk disk, DiskLanes lanes) {
        this.path = path;
        this.disk = disk;
        this.lanes = lanes;
    }

    Path path() {
        return path;
    }

    /** Asks on the disk pool; {@code answer} is told on {@code loop}, which calls. */
    void space(EventLoop loop, Consumer<Space> answer) {
        lanes.pool(loop)
                .submit(
                        () -> new Space(disk.totalBytes(path), disk.usableBytes(path)),
                        (@Nullable Space space, @Nullable DiskException failure) ->
                                answer.accept(space == null ? Space.UNKNOWN : space));
    }
}
