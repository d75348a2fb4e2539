package io.millrace.storage.segment;

import io.millrace.storage.disk.DiskFile;

/**
 * Told when nobody holds an open file any more; closes it without blocking the caller, which may be any thread (the last
 * reader of a deleted segment frees gigabytes).
 */
@FunctionalInterface
public interface SegmentCloser {

    void close(DiskFile file);
}
