package io.millrace.simulation.disk;

import java.nio.file.Path;

/** Looks on before every operation of a {@link SimDisk}; may take a {@link SimDisk#afterPowerCut} there. */
@FunctionalInterface
public interface DiskProbe {

    /**
     * The operation has its number but no effect yet.
     *
     * @param number counts all operations of the disk from 1
     */
    void before(long number, DiskOperation operation, Path path);
}
