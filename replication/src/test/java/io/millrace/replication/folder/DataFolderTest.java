package io.millrace.replication.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.replication.fixture.MemoryDisk;
import io.millrace.replication.fixture.SeededRandomness;
import io.millrace.replication.folder.DataFolderException.Reason;
import io.millrace.storage.disk.DiskException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DataFolderTest {

    private static final Path PATH = Path.of("/data");
    private static final Path META = PATH.resolve("meta.properties");

    private final MemoryDisk disk = new MemoryDisk();
    private final Set<Path> locked = new HashSet<>();

    private FolderLocker.FolderLock lock(Path folder) throws DiskException {
        if (!locked.add(folder)) {
            throw new DiskException(DiskException.Kind.DENIED, "lock", folder, null);
        }
        return () -> locked.remove(folder);
    }

    private DataFolder open(int nodeId, String clusterId) throws DataFolderException {
        FolderExpectation expected = new FolderExpectation(nodeId, clusterId.isEmpty() ? null : clusterId);
        return DataFolder.open(disk, this::lock, PATH, expected, new SeededRandomness(7));
    }

    private void refused(Reason reason, String... words) {
        var before = disk.paths();
        assertThatExceptionOfType(DataFolderException.class)
                .isThrownBy(() -> open(1, ""))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
                .satisfies(e -> assertThat(e.getMessage()).contains(words));
        assertThat(disk.paths()).isEqualTo(before);
    }

    private void putText(String name, String text) {
        disk.put(PATH.resolve(name), text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aMissingFolderIsFoundedAndKeepsItsIdentity() throws Exception {
        DataFolder founded = open(1, "");
        assertThat(founded.created()).isTrue();
        founded.close();
        DataFolder again = open(1, founded.clusterId());
        assertThat(again.created()).isFalse();
        assertThat(again.clusterId()).isEqualTo(founded.clusterId()).hasSize(22);
        assertThat(again.directoryId()).isEqualTo(founded.directoryId());
        assertThat(again.formatVersion()).isEqualTo(1);
        assertThat(again.nodeId()).isEqualTo(1);
        assertThat(new String(disk.bytes(META), StandardCharsets.UTF_8))
                .contains("millrace.format=1", "node.id=1", "cluster.id=", "directory.id=")
                .doesNotContain("\nversion=");
    }

    @Test
    void aStartKilledAnywhereLeavesAFolderThatStarts() throws Exception {
        DataFolder whole = open(1, "");
        whole.close();
        int operations = disk.operations();
        for (int stop = 0; stop < operations; stop++) {
            MemoryDisk killed = new MemoryDisk();
            killed.stopBefore(stop);
            try {
                DataFolder.open(killed, path -> () -> {}, PATH, new FolderExpectation(1, null), new SeededRandomness(7))
                        .close();
            } catch (DataFolderException e) {
                assertThat(e.reason()).isEqualTo(Reason.FAILED);
            }
            DataFolder again = DataFolder.open(
                    killed.copy(), path -> () -> {}, PATH, new FolderExpectation(1, null), new SeededRandomness(8));
            assertThat(again.nodeId()).isEqualTo(1);
        }
    }

    @Test
    void aSecondProcessIsRefused() throws Exception {
        open(1, "");
        refused(Reason.LOCKED, "in use by another process", "stop that process");
    }

    @Test
    void closingLetsTheNextProcessIn() throws Exception {
        open(1, "").close();
        open(1, "").close();
        assertThat(locked).isEmpty();
    }

    @Test
    void aRefusedStartLetsTheLockGo() throws Exception {
        open(1, "").close();
        assertThatExceptionOfType(DataFolderException.class).isThrownBy(() -> open(2, ""));
        assertThat(locked).isEmpty();
    }

    @Test
    void anotherNodeIsRefused() throws Exception {
        open(2, "").close();
        refused(Reason.OTHER_NODE, "belongs to node 2", "node.id=2");
    }

    @Test
    void anotherClusterIsRefused() throws Exception {
        open(1, "clusterA").close();
        assertThatExceptionOfType(DataFolderException.class)
                .isThrownBy(() -> open(1, "clusterB"))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.OTHER_CLUSTER));
    }

    @Test
    void aNewerFormatIsRefused() {
        putText("meta.properties", "millrace.format=2\nsomething.new=x\n");
        refused(Reason.NEWER_FORMAT, "format 2", "reads up to 1");
    }

    @Test
    void aKafkaFolderIsRefused() {
        putText("meta.properties", "version=1\ncluster.id=abc\nnode.id=1\ndirectory.id=xyz\n");
        refused(Reason.KAFKA, "Apache Kafka");
    }

    @Test
    void aKafkaFolderWithoutItsIdentityIsRefused() {
        putText("recovery-point-offset-checkpoint", "0\n0\n");
        refused(Reason.KAFKA, "recovery-point-offset-checkpoint");
    }

    @Test
    void aFolderWithSomebodyElsesFilesIsRefused() {
        putText("thesis.tex", "chapter 1");
        refused(Reason.FOREIGN, "thesis.tex", "name an empty or missing folder");
    }

    @Test
    void aDamagedIdentityIsRefused() {
        putText("meta.properties", "millrace.format=1\ncluster.id=abc\nnode.id=x\n");
        refused(Reason.DAMAGED, "meta.properties");
    }

    @Test
    void aFileInTheFoldersPlaceIsRefused() {
        disk.put(PATH, new byte[1]);
        refused(Reason.NOT_A_FOLDER, "is a file");
    }

    @Test
    void anUnwritableFolderIsNamed() {
        disk.failOnce("createDirectories", DiskException.Kind.DENIED);
        refused(Reason.NOT_WRITABLE, "not writable");
    }

    @Test
    void aFullDiskIsNamed() {
        disk.failOnce("write", DiskException.Kind.FULL);
        assertThatExceptionOfType(DataFolderException.class)
                .isThrownBy(() -> open(1, ""))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.FULL));
        assertThat(locked).isEmpty();
    }

    @Test
    void lostAndFoundIsNoForeignFile() throws Exception {
        disk.createDirectories(PATH);
        disk.createDirectories(PATH.resolve("lost+found"));
        assertThat(open(1, "").created()).isTrue();
    }
}
