package io.millrace.storage.disk;

import io.millrace.runtime.EventLoop;
import java.nio.file.Path;

/**
 * Where lanes come from: real ones are threads, simulated ones queues of the virtual scheduler. Every lane delivers its
 * outcomes to the one loop it was asked for, in the order of the jobs; lanes of several loops may share a thread.
 */
public interface DiskLanes extends AutoCloseable {

    /** A lane of its own (a journal, the metadata log). {@code name} for logs, unique in the process. */
    DiskLane dedicated(String name, EventLoop owner);

    /** The lane that writes segments of one log directory; the lanes of all its shards share one thread. */
    DiskLane writeBehind(Path directory, EventLoop owner);

    /** The small pool that reads cold bytes and opens files. Jobs of one such lane may run at the same time, in any order. */
    DiskLane pool(EventLoop owner);

    /** Ends every lane after its queued jobs; waits for them. Not from a loop that they deliver to. */
    @Override
    void close();
}
