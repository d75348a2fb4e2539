package io.millrace.storage.engine;

import java.util.Arrays;
import java.util.Random;
import java.util.TreeMap;

/** A file or a folder of a {@link FaultDisk}: what processes see, and what a power loss leaves. */
final class FaultNode {

    private static final int SECTOR_BYTES = 512;

    final boolean folder;
    // For folders: names and what they stand for.
    final TreeMap<String, FaultNode> entries = new TreeMap<>();
    byte[] bytes = {};
    // A sync of the file system lost bytes of it: whoever syncs it next must be told.
    boolean owesError;

    private byte[] durable = {};
    private TreeMap<String, FaultNode> durableEntries = new TreeMap<>();

    FaultNode(boolean folder) {
        this.folder = folder;
    }

    /** Becomes what another one is now, all of it durable. */
    void takeOver(FaultNode other) {
        bytes = other.bytes.clone();
        durable = other.durable.clone();
        other.entries.forEach((name, child) -> {
            FaultNode copy = new FaultNode(child.folder);
            copy.takeOver(child);
            entries.put(name, copy);
        });
        durableEntries = new TreeMap<>(entries);
    }

    long usedBytes() {
        long used = bytes.length;
        for (FaultNode child : entries.values()) {
            used += child.usedBytes();
        }
        return used;
    }

    /** Its bytes, or its names, are durable from now on. */
    void sync() {
        durable = bytes.clone();
        durableEntries = new TreeMap<>(entries);
    }

    void syncAll() {
        sync();
        entries.values().forEach(FaultNode::syncAll);
    }

    /** The changes since the last sync stay visible for nobody, and no later sync brings them back. */
    void lose() {
        if (folder) {
            entries.clear();
            entries.putAll(durableEntries);
        } else {
            owesError = !Arrays.equals(bytes, durable);
            bytes = durable.clone();
        }
    }

    void loseAll() {
        entries.values().forEach(FaultNode::loseAll);
        lose();
    }

    /** The power went: of what was not synced a random part is left, by 512-byte sector and by folder. */
    void forget(Random random) {
        if (!folder) {
            bytes = survivor(random);
            durable = bytes.clone();
            return;
        }
        if (random.nextBoolean()) {
            entries.clear();
            entries.putAll(durableEntries);
        }
        durableEntries = new TreeMap<>(entries);
        entries.values().forEach(child -> child.forget(random));
    }

    private byte[] survivor(Random random) {
        int shortest = Math.min(bytes.length, durable.length);
        int longest = Math.max(bytes.length, durable.length);
        int length = shortest == longest || random.nextBoolean()
                ? bytes.length
                : shortest + random.nextInt(longest - shortest + 1);
        byte[] kept = Arrays.copyOf(durable, length);
        for (int at = 0; at < Math.min(length, bytes.length); at += SECTOR_BYTES) {
            if (random.nextBoolean()) {
                int count = Math.min(SECTOR_BYTES, Math.min(length, bytes.length) - at);
                System.arraycopy(bytes, at, kept, at, count);
            }
        }
        return kept;
    }

    /** Flips one bit of a file, now and for good. */
    void rot(int at) {
        bytes[at] ^= 0x10;
        durable = bytes.clone();
    }
}
