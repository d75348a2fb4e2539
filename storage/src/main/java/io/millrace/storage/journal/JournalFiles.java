package io.millrace.storage.journal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which file is written, which are alive behind it, which are free. Owner: the journal's loop. */
final class JournalFiles {

    private final ArrayDeque<JournalFile> free = new ArrayDeque<>();
    private final ArrayDeque<JournalFile> live = new ArrayDeque<>();
    private @Nullable JournalFile current;
    private int count;
    private long nextGeneration;
    private long currentSinceNs;

    JournalFiles(List<JournalFile> prepared, long firstGeneration) {
        free.addAll(prepared);
        count = prepared.size();
        nextGeneration = firstGeneration;
    }

    /**
     * The file that has room for a group of {@code blockedBytes}; null when all are alive: wait for one to be released. None is
     * too small for a group of the size that the settings allow.
     */
    @Nullable
    JournalFile roomFor(int blockedBytes, long nowNs) {
        JournalFile file = current;
        if (file != null && file.roomBytes() >= blockedBytes) {
            return file;
        }
        JournalFile next = takeFree(blockedBytes);
        if (next == null) {
            return null;
        }
        if (file != null) {
            live.add(file);
        }
        next.begin(nextGeneration++);
        current = next;
        currentSinceNs = nowNs;
        return next;
    }

    /** The largest group for which {@link #roomFor} has a file now. */
    int largestRoomBytes() {
        JournalFile file = current;
        int largest = file == null ? 0 : file.roomBytes();
        for (JournalFile each : free) {
            largest = Math.max(largest, each.capacityBytes());
        }
        return largest;
    }

    /** Of those that hold something alive, too. */
    int largestFileBytes() {
        JournalFile file = current;
        int largest = file == null ? 0 : file.capacityBytes();
        for (JournalFile each : live) {
            largest = Math.max(largest, each.capacityBytes());
        }
        for (JournalFile each : free) {
            largest = Math.max(largest, each.capacityBytes());
        }
        return largest;
    }

    private @Nullable JournalFile takeFree(int blockedBytes) {
        for (JournalFile file : free) {
            if (file.capacityBytes() >= blockedBytes) {
                free.remove(file);
                return file;
            }
        }
        return null;
    }

    /** One that holds nothing alive; null when there is none. */
    @Nullable
    JournalFile freeFile() {
        return free.peek();
    }

    /** Generation that the next group is sure to be at least in. */
    long generation() {
        JournalFile file = current;
        return file == null ? nextGeneration : file.generation();
    }

    long nextGeneration() {
        return nextGeneration;
    }

    /** Frees every file whose generation is below {@code generation}; the current file is never freed. */
    boolean releaseBelow(long generation) {
        boolean released = false;
        while (true) {
            JournalFile oldest = live.peek();
            if (oldest == null || oldest.generation() >= generation) {
                return released;
            }
            live.remove();
            oldest.free();
            free.add(oldest);
            released = true;
        }
    }

    void add(JournalFile file) {
        free.add(file);
        count++;
    }

    int count() {
        return count;
    }

    /** No file to turn to, and the current one is past its middle: time to free or grow. */
    boolean wantsSpace() {
        JournalFile file = current;
        return free.isEmpty() && file != null && file.usedBytes() > file.capacityBytes() / 2;
    }

    /** When the current file was begun. */
    long currentSinceNs() {
        return currentSinceNs;
    }

    List<JournalFile> all() {
        List<JournalFile> files = new ArrayList<>(live);
        JournalFile file = current;
        if (file != null) {
            files.add(file);
        }
        files.addAll(free);
        return files;
    }
}
