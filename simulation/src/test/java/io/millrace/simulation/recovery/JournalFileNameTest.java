package io.millrace.simulation.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.simulation.SimRandom;
import io.millrace.simulation.disk.SimDisk;
import io.millrace.simulation.disk.Survival;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.journal.JournalFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Found by seed 1240: groups were synced into a file whose name was not. */
class JournalFileNameTest {

    private static final Path FOLDER = Path.of("/journal");
    private static final int BYTES = 64 * 1024;

    @Test
    void fileLeftByAFailedPreparationGetsADurableName() throws DiskException {
        SimDisk disk = new SimDisk(new SimRandom(1));
        disk.createDirectories(FOLDER);
        disk.syncDirectory(Path.of("/"));
        disk.faults().failSync(1);
        assertThatThrownBy(() -> JournalFile.prepare(disk, FOLDER, 0, 1, BYTES)).isInstanceOf(DiskException.class);

        JournalFile.prepare(disk, FOLDER, 0, 1, BYTES);

        SimDisk left = disk.afterPowerCut(Survival.syncedOnly(), new SimRandom(2));
        assertThat(left.exists(FOLDER.resolve(JournalFile.name(0, 1)))).isTrue();
    }
}
