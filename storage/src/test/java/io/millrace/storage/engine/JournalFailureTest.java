package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskLanes;
import io.millrace.storage.journal.GroupBuilder;
import io.millrace.storage.journal.Journal;
import io.millrace.storage.journal.JournalFile;
import io.millrace.storage.journal.JournalMember;
import io.millrace.storage.journal.JournalSettings;
import io.millrace.storage.journal.RecordKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A journal that failed stays so, whatever of it was still under way. */
final class JournalFailureTest {

    private static final Path FOLDER = Path.of("dir");
    private static final int FILE_BYTES = 64 << 10;

    private final FaultDisk disk = new FaultDisk(1);
    private final ManualLoop loop = new ManualLoop();
    private final ManualLanes lanes = new ManualLanes();
    private final List<String> told = new ArrayList<>();
    private final Journal.Events events = new Journal.Events() {
        @Override
        public void groupSynced() {
            told.add("synced");
        }

        @Override
        public void spaceWanted() {}

        @Override
        public void blocked(DiskException cause) {
            told.add("blocked");
        }

        @Override
        public void failed(DiskException failure) {
            told.add("failed");
        }
    };

    private final class Member implements JournalMember {

        private final int batchBytes;

        Member(int batchBytes) {
            this.batchBytes = batchBytes;
        }

        @Override
        public boolean collect(GroupBuilder group) {
            if (!group.fits(batchBytes)) {
                return false;
            }
            group.control(RecordKind.LOG_START, 1, -1, 7, new byte[0]);
            return true;
        }

        @Override
        public boolean awaitsWritten() {
            return true;
        }

        @Override
        public void groupWritten() {
            told.add("member written");
        }

        @Override
        public void groupSynced() {
            told.add("member synced");
        }

        @Override
        public void fileFreed() {
            told.add("member freed");
        }
    }

    @Test
    void aFileThatCannotBeMadeLargerEndsItBesideARunningGroup() throws Exception {
        disk.createDirectories(FOLDER);
        JournalSettings settings = new JournalSettings(FILE_BYTES, FILE_BYTES, 2, 16 << 10);
        List<JournalFile> files = List.of(
                JournalFile.prepare(disk, FOLDER, 0, 0, FILE_BYTES),
                JournalFile.prepare(disk, FOLDER, 0, 1, FILE_BYTES));
        DiskLanes each = lanes;
        Journal journal = new Journal(
                settings,
                5,
                loop,
                each.dedicated("journal", loop),
                each.pool(loop),
                files,
                1,
                slot -> JournalFile.prepare(disk, FOLDER, 0, slot, FILE_BYTES),
                events);
        journal.enlist(new Member(100));
        journal.enlist(new Member(2 * FILE_BYTES));
        loop.turn();
        disk.syncFaults().failOf(".journal", DiskException.Kind.FAILED);
        assertThat(lanes.one(lanes.pool)).isTrue();
        loop.turn();
        assertThat(told).containsExactly("failed");
        while (lanes.one(lanes.journal)) {
            loop.turn();
        }
        journal.enlist(new Member(100));
        loop.turn();
        assertThat(lanes.journal).isEmpty();
        assertThat(told).containsExactly("failed");
    }
}
