package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A data folder that cannot be written; root ignores modes, so a mount or an attribute must say no. */
@Timeout(300)
class UnwritableFolderFaultIT {

    @TempDir
    private Path work;

    @BeforeEach
    void checkTools() {
        RootFaults.require("mount", "chattr");
    }

    private void assertRefused(Path data, String cause) throws Exception {
        try (BrokerProcess broker = BrokerProcess.start(work, List.of(), "--data", data.toString())) {
            assertThat(broker.awaitEnd()).isEqualTo(1);
            assertThat(broker.output().lines())
                    .singleElement()
                    .asString()
                    .startsWith("millrace: " + data + " is not writable for this user (create ")
                    .contains(cause)
                    .endsWith("): change its owner or name another folder");
        }
    }

    @Test
    void aReadOnlyMountIsNamed() throws Exception {
        Path mount = Files.createDirectory(work.resolve("mount"));
        RootFaults.run("mount", "-t", "tmpfs", "-o", "size=1m,ro", "tmpfs", mount.toString());
        try {
            assertRefused(mount, "Read-only file system");
            assertRefused(mount.resolve("new"), "Read-only file system");
        } finally {
            RootFaults.run("umount", mount.toString());
        }
    }

    @Test
    void anImmutableFolderIsNamed() throws Exception {
        Path folder = Files.createDirectory(work.resolve("immutable"));
        RootFaults.run("chattr", "+i", folder.toString());
        try {
            assertRefused(folder, "Operation not permitted");
        } finally {
            RootFaults.run("chattr", "-i", folder.toString());
        }
    }
}
