package io.millrace.broker.boot;

import com.sun.management.OperatingSystemMXBean;
import io.millrace.storage.compaction.CompactionSlot;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much of {@code log.cleaner.dedupe.buffer.size} compaction may really take: a table that the machine has no memory for would
 * end the pass, or the process. A smaller one costs more passes and nothing else. Stateless.
 */
final class DedupeMemory {

    private static final Logger LOG = LoggerFactory.getLogger(DedupeMemory.class);

    private DedupeMemory() {}

    /** The configured size, or what the machine has for it. Up to the default it is not asked for: that takes the start a while. */
    static long allowed(long configuredBytes) {
        if (configuredBytes <= CompactionSlot.DEFAULT_DEDUPE_BYTES) {
            return configuredBytes;
        }
        long heapBytes = Runtime.getRuntime().maxMemory();
        long machineBytes = machineBytes();
        long allowed = within(configuredBytes, machineBytes, heapBytes);
        if (allowed < configuredBytes) {
            LOG.warn(
                    "event=dedupe-buffer-lowered key=log.cleaner.dedupe.buffer.size configured_bytes={} used_bytes={}"
                            + " machine_bytes={} heap_bytes={}",
                    configuredBytes,
                    allowed,
                    machineBytes,
                    heapBytes);
        }
        return allowed;
    }

    /** Half of what the machine has beside the heap: the rest is for record bytes, sockets and the page cache. Never below the default. */
    static long within(long configuredBytes, long machineBytes, long heapBytes) {
        long half = Math.max(0, machineBytes - heapBytes) / 2;
        return Math.min(configuredBytes, Math.max(CompactionSlot.DEFAULT_DEDUPE_BYTES, half));
    }

    /** Of the container, where the process is in one that has less than the machine. */
    private static long machineBytes() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return system == null ? Long.MAX_VALUE : system.getTotalMemorySize();
    }
}
