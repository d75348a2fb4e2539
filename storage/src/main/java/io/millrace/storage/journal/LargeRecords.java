package io.millrace.storage.journal;

import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskLane;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Members whose next batch is larger than any free file of the journal, and the making of one that holds it. They are in no
 * group meanwhile, so that deletes, truncations and log starts, which may be what makes space, go past them. Owner: the
 * journal's loop.
 */
final class LargeRecords {

    private final JournalSettings settings;
    private final DiskLane lane;
    private final JournalFiles files;
    private final Consumer<DiskException> failed;
    // By identity, in the order in which they came; at most every log of the store.
    private final LinkedHashSet<JournalMember> members = new LinkedHashSet<>();
    private int wantedBytes;
    private boolean enlarging;
    // The disk had no room: not tried again before something changes.
    private boolean blocked;

    /** @param failed told on the loop when a file could not be made larger */
    LargeRecords(JournalSettings settings, DiskLane lane, JournalFiles files, Consumer<DiskException> failed) {
        this.settings = settings;
        this.lane = lane;
        this.files = files;
        this.failed = failed;
    }

    boolean hasMembers() {
        return !members.isEmpty();
    }

    /** Whether one has to be released before it can be made larger. */
    boolean wantsFreeFile() {
        return !members.isEmpty() && files.freeFile() == null;
    }

    /** Beyond what the file has. */
    long wantedBytes() {
        return members.isEmpty() ? 0 : growthBytes(wantedBytes);
    }

    /** What a file would take beyond what it has for a batch of that size; 0 when one is large enough, alive or not. */
    long enlargementBytes(int batchBytes) {
        int blockedBytes = GroupLayout.blockedBytes(RecordLayout.HEADER_BYTES + batchBytes);
        return blockedBytes <= files.largestFileBytes() ? 0 : growthBytes(blockedBytes);
    }

    private long growthBytes(int blockedBytes) {
        JournalFile free = files.freeFile();
        int fromBytes = free == null ? settings.firstFileBytes() : free.capacityBytes();
        return Math.max(0, settings.enlargedFileBytes(blockedBytes) - fromBytes);
    }

    /**
     * Takes a member that waits for a file of {@code blockedBytes}.
     *
     * @return false when no file is free to be made larger: {@link #enlistAgain} once there is
     */
    boolean setAside(JournalMember member, int blockedBytes) {
        wantedBytes = members.isEmpty() ? blockedBytes : Math.max(wantedBytes, blockedBytes);
        members.add(member);
        JournalFile file = files.freeFile();
        if (file == null) {
            return false;
        }
        if (!enlarging && !blocked) {
            enlarging = true;
            int fromBytes = file.capacityBytes();
            int toBytes = settings.enlargedFileBytes(blockedBytes);
            lane.submit(() -> file.enlarge(fromBytes, toBytes), (done, failure) -> enlarged(file, toBytes, failure));
        }
        return true;
    }

    private void enlarged(JournalFile file, int toBytes, @Nullable DiskException failure) {
        enlarging = false;
        if (failure == null) {
            file.enlarged(toBytes);
            enlistAgain();
        } else {
            blocked = true;
            failed.accept(failure);
        }
    }

    /** There may be a file for them now, or space for one. */
    void enlistAgain() {
        blocked = false;
        if (members.isEmpty()) {
            return;
        }
        List<JournalMember> again = new ArrayList<>(members);
        members.clear();
        for (JournalMember member : again) {
            member.fileFreed();
        }
    }
}
