package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.PartitionLog;
import io.millrace.storage.disk.Disk;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A store on a file system that cannot be synced as a whole: every file is synced for itself. */
final class WithoutSyncfsTest {

    private static final Path FOLDER = Path.of("dir");
    private static final int LOGS = 200;

    private final FaultDisk faults = new FaultDisk(1);
    private final AtomicInteger wholeSyncs = new AtomicInteger();

    /** The same disk, which has no sync of the file system. */
    private Disk withoutSyncfs() {
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("syncsFileSystems")) {
                        return false;
                    }
                    if (method.getName().equals("syncFileSystem")) {
                        wholeSyncs.incrementAndGet();
                    }
                    try {
                        return method.invoke(faults, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void whatManyLogsGotSurvivesALossOfPower() throws Exception {
        faults.createDirectories(FOLDER);
        faults.syncFileSystem(FOLDER);
        StoreFixture fixture = StoreFixture.open(withoutSyncfs(), FOLDER, StorageConfig.SMALL);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < LOGS; i++) {
                PartitionLog log = round == 0 ? fixture.create("t", i) : fixture.log("t", i);
                StoreFixture.append(log, round + "-" + i);
            }
            fixture.settle();
        }
        fixture.close();
        faults.powerLoss();
        StoreFixture again = StoreFixture.open(withoutSyncfs(), FOLDER, StorageConfig.SMALL);
        for (int i = 0; i < LOGS; i++) {
            assertThat(again.values(again.log("t", i), 0)).containsExactly("0-" + i, "1-" + i, "2-" + i);
        }
        assertThat(wholeSyncs).hasValue(0);
    }
}
