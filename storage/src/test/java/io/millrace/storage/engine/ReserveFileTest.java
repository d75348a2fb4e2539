package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskLane;
import io.millrace.storage.disk.NioDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReserveFileTest {

    @TempDir
    private Path folder;

    /** Keeps jobs until told. */
    private static final class HeldLane implements DiskLane {
        final List<Work<?>> jobs = new ArrayList<>();

        @Override
        public <T> void submit(Work<T> work, Completion<T> completion) {
            jobs.add(work);
        }

        @Override
        public void close() {}
    }

    @Test
    void oneOfAllStoresOfADirectoryMakesIt() throws Exception {
        ReserveFile reserve = new ReserveFile(new NioDisk(), folder, 3_000_000);
        HeldLane first = new HeldLane();
        HeldLane second = new HeldLane();
        reserve.makeOn(first, 0);
        reserve.makeOn(second, 0);
        assertThat(second.jobs).as("it would meet the other's half-made file").isEmpty();
        run(first);
        assertThat(Files.size(folder.resolve(ReserveFile.NAME))).isEqualTo(3_000_000);
    }

    @Test
    void itIsMadeAgainOnceItWasGivenBack() throws Exception {
        ReserveFile reserve = new ReserveFile(new NioDisk(), folder, 5_000);
        HeldLane lane = new HeldLane();
        reserve.makeOn(lane, 0);
        run(lane);
        assertThat(reserve.release()).isTrue();
        assertThat(reserve.release()).isFalse();
        reserve.makeOn(lane, 0);
        run(lane);
        assertThat(Files.size(folder.resolve(ReserveFile.NAME))).isEqualTo(5_000);
    }

    private static void run(HeldLane lane) throws DiskException {
        for (DiskLane.Work<?> job : List.copyOf(lane.jobs)) {
            job.run();
        }
        lane.jobs.clear();
    }
}
