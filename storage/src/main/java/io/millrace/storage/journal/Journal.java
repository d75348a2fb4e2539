package io.millrace.storage.journal;

import io.millrace.runtime.EventLoop;
import io.millrace.runtime.metrics.Distribution;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskLane;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the records of all logs of one (log directory, shard) as groups: one gathering write and one sync each. Owned by the
 * shard loop.
 *
 * <p>A log that has something new calls {@link #enlist}; the first one of a tick posts one flush. Everything that arrives while
 * a sync runs forms the next group, so the running sync is the batching window and an idle journal starts at once:
 *
 * <pre>
 *   IDLE --flush--> WRITING --written--> SYNCING --synced--> IDLE, or at once the next group
 *     |                                                   (any failure: FAILED, for good)
 *     +--no file free--> WAITING --releaseBelow / grown--> WRITING
 * </pre>
 *
 * A batch for which no free file is large enough is not collected: its log is set aside until a file was made larger
 * ({@link LargeRecords}), and the groups go on with what the others have.
 *
 * Invariant: group n+1 is handed to the lane only after group n is synced. Recovery relies on it: a bad group that is followed
 * by a good one was damaged later, a bad last group was torn.
 */
public final class Journal {

    /** Told on the owner loop. */
    public interface Events {

        /** A group is durable and its members know. */
        void groupSynced();

        /** Files are running out: bring old logs into segments, then call {@link #releaseBelow}. May come again. */
        void spaceWanted();

        /** There is no space for a file that a large batch needs, or no descriptor: call {@link #retry} when there is. */
        void blocked(DiskException cause);

        /** A write or sync failed. It is never retried; nothing more will be written. */
        void failed(DiskException failure);
    }

    /** Makes one more file; runs on a lane. */
    @FunctionalInterface
    public interface FileMaker {
        JournalFile make(int slot) throws DiskException;
    }

    private static final long GROW_WITHIN_NS = 2_000_000_000L;

    private enum State {
        IDLE,
        WAITING,
        WRITING,
        SYNCING,
        FAILED
    }

    private final EventLoop owner;
    private final DiskLane lane;
    private final DiskLane growthLane;
    private final FileMaker maker;
    private final JournalSettings settings;
    private final Events events;
    private final long journalId;
    private final JournalFiles files;
    private final GroupBuilder builder;
    private final LargeRecords large;
    private final ArrayDeque<JournalMember> enlisted = new ArrayDeque<>();
    private final Runnable flush = this::flush;

    private State state = State.IDLE;
    private boolean flushPosted;
    private boolean writtenAwaited;
    private boolean growing;
    private long nextGroup;
    private int previousCrc;
    private long position;
    private long syncStartedNs;
    private long syncedGroups;
    private long writtenBytes;
    private long fileWaits;
    private final Distribution syncNs = Distribution.ofNanos();
    private final Distribution groupBytes = Distribution.ofBytes();

    /**
     * @param files prepared at start, at least one
     * @param firstGeneration above every generation ever used in those files
     */
    public Journal(
            JournalSettings settings,
            long journalId,
            EventLoop owner,
            DiskLane lane,
            DiskLane growthLane,
            List<JournalFile> files,
            long firstGeneration,
            FileMaker maker,
            Events events) {
        this.settings = settings;
        this.journalId = journalId;
        this.owner = owner;
        this.lane = lane;
        this.growthLane = growthLane;
        this.maker = maker;
        this.events = events;
        this.files = new JournalFiles(files, firstGeneration);
        this.builder = new GroupBuilder(settings.maxGroupBytes());
        this.large = new LargeRecords(settings, growthLane, this.files, this::enlargingFailed);
    }

    /** {@code member} has something to collect and is not enlisted already. */
    public void enlist(JournalMember member) {
        owner.checkOwned();
        enlisted.add(member);
        if (!flushPosted && state == State.IDLE) {
            flushPosted = true;
            owner.post(flush);
        }
    }

    private void flush() {
        flushPosted = false;
        if (state == State.IDLE && !enlisted.isEmpty()) {
            build();
        }
    }

    private void build() {
        // The group may open a new file, so what members note is the oldest generation that it can be in.
        builder.begin(files.generation(), files.largestRoomBytes());
        writtenAwaited = false;
        int remaining = enlisted.size();
        while (remaining-- > 0) {
            JournalMember member = enlisted.remove();
            builder.member(member);
            boolean complete = member.collect(builder);
            writtenAwaited |= member.awaitsWritten();
            if (!complete) {
                if (builder.unfitBytes() > 0) {
                    setAside(member);
                    continue;
                }
                // It did not fit: first in line for the next group.
                enlisted.addFirst(member);
                break;
            }
        }
        if (builder.isEmpty()) {
            // Everything was truncated away before it was collected.
            finishMembers();
            return;
        }
        write();
    }

    private void setAside(JournalMember member) {
        fileWaits++;
        if (!large.setAside(member, builder.takeUnfitBytes())) {
            wantSpace();
        }
    }

    private void finishMembers() {
        List<JournalMember> members = builder.members();
        for (int i = 0; i < members.size(); i++) {
            members.get(i).groupWritten();
        }
        for (int i = 0; i < members.size(); i++) {
            members.get(i).groupSynced();
        }
        builder.clear();
    }

    private void write() {
        int blockedBytes = builder.blockedBytes();
        JournalFile file = files.roomFor(blockedBytes, owner.clock().monotonicNs());
        if (file == null) {
            state = State.WAITING;
            fileWaits++;
            wantSpace();
            return;
        }
        state = State.WRITING;
        int filePosition = file.usedBytes();
        SealedGroup group =
                builder.seal(new GroupLayout.Group(journalId, file.generation(), nextGroup, previousCrc, position));
        nextGroup++;
        position += builder.lengthBytes();
        writtenBytes += blockedBytes;
        groupBytes.record(blockedBytes);
        file.used(blockedBytes);
        syncStartedNs = owner.clock().monotonicNs();
        lane.submit(
                () -> group.write(file.file(), filePosition),
                this::written,
                writtenAwaited,
                () -> group.sync(file.file()),
                this::synced);
    }

    private void written(@Nullable Integer crc, @Nullable DiskException failure) {
        builder.written();
        if (state == State.FAILED) {
            return;
        }
        if (failure != null || crc == null) {
            fail(failure);
            return;
        }
        previousCrc = crc;
        state = State.SYNCING;
        List<JournalMember> members = builder.members();
        for (int i = 0; i < members.size(); i++) {
            members.get(i).groupWritten();
        }
    }

    private void synced(@Nullable Boolean synced, @Nullable DiskException failure) {
        if (state == State.FAILED) {
            return;
        }
        if (failure != null) {
            fail(failure);
            return;
        }
        state = State.IDLE;
        syncedGroups++;
        syncNs.record(owner.clock().monotonicNs() - syncStartedNs);
        List<JournalMember> members = builder.members();
        for (int i = 0; i < members.size(); i++) {
            members.get(i).groupSynced();
        }
        builder.clear();
        events.groupSynced();
        if (files.wantsSpace()) {
            wantSpace();
        }
        if (!flushPosted && !enlisted.isEmpty()) {
            build();
        }
    }

    private void fail(@Nullable DiskException failure) {
        state = State.FAILED;
        builder.clear();
        enlisted.clear();
        if (failure != null) {
            events.failed(failure);
        }
    }

    private void wantSpace() {
        if (!growing && files.count() < settings.maxFiles() && worthGrowing()) {
            growing = true;
            int slot = files.count();
            growthLane.submit(() -> maker.make(slot), this::grown);
        }
        events.spaceWanted();
    }

    /** A second file always; more only when appends already wait, or soon would: half a file went in under two seconds. */
    private boolean worthGrowing() {
        return files.count() < 2
                || isWaiting()
                || owner.clock().monotonicNs() - files.currentSinceNs() < GROW_WITHIN_NS;
    }

    private void enlargingFailed(DiskException failure) {
        if (state == State.FAILED) {
            return;
        }
        if (failure.kind() == DiskException.Kind.FULL || failure.kind() == DiskException.Kind.TOO_MANY_OPEN_FILES) {
            events.blocked(failure);
        } else {
            fail(failure);
        }
    }

    /** After {@link Events#blocked}: there may be space now. */
    public void retry() {
        owner.checkOwned();
        resume();
    }

    private void grown(@Nullable JournalFile file, @Nullable DiskException failure) {
        growing = false;
        // A failure here costs speed, not safety: the journal goes on with the files it has.
        if (file != null) {
            files.add(file);
            resume();
        }
    }

    /** Everything in generations below {@code generation} is in synced segments and a synced checkpoint. */
    public void releaseBelow(long generation) {
        owner.checkOwned();
        if (files.releaseBelow(generation)) {
            resume();
        }
    }

    private void resume() {
        if (state == State.WAITING) {
            state = State.IDLE;
            write();
        }
        large.enlistAgain();
    }

    /** Oldest generation that what is collected next can be in. */
    public long generation() {
        return files.generation();
    }

    /**
     * Number of the group that what is collected next goes to. All collected so far is in lower ones, and all of it is synced,
     * and the members know, but for the one just below.
     */
    public long collectingGroup() {
        return state == State.WAITING ? nextGroup + 1 : nextGroup;
    }

    /** Whether no group is under way and nobody is enlisted. */
    public boolean isIdle() {
        return state == State.IDLE && enlisted.isEmpty() && !large.hasMembers();
    }

    /** Whether appends pile up because every file is still needed. */
    public boolean isWaiting() {
        return state == State.WAITING || large.wantsFreeFile();
    }

    /** Whether a log waits until a file was made larger for its next batch. */
    public boolean isEnlargementDue() {
        return large.hasMembers();
    }

    /** What files will take on the disk beyond what they have, for batches that wait for it. */
    public long enlargementBytes() {
        return large.wantedBytes();
    }

    /** What a file would take beyond what it has for a batch of that size; 0 when one is large enough. */
    public long enlargementBytes(int batchBytes) {
        return large.enlargementBytes(batchBytes);
    }

    /** Nanoseconds that the running write or sync has taken so far, 0 when none runs: a stuck disk shows here. */
    public long runningSyncNs() {
        return state == State.WRITING || state == State.SYNCING ? owner.clock().monotonicNs() - syncStartedNs : 0;
    }

    public long syncedGroups() {
        return syncedGroups;
    }

    public long writtenBytes() {
        return writtenBytes;
    }

    /** How long the write and the sync of each group took together, from its hand-over to the lane. */
    public Distribution syncNs() {
        return syncNs;
    }

    /** What each group took in its file. */
    public Distribution groupBytes() {
        return groupBytes;
    }

    /** How often a group had to wait for a file. */
    public long fileWaits() {
        return fileWaits;
    }

    /** Every file, to be closed on a lane once the journal is idle. */
    public List<JournalFile> files() {
        return files.all();
    }

    @Override
    public String toString() {
        return "Journal[" + state + ", enlisted=" + enlisted.size() + ", group=" + nextGroup + ", generation="
                + files.generation() + ", files=" + files.count() + (growing ? ", growing" : "")
                + (flushPosted ? ", flush posted]" : "]");
    }
}
