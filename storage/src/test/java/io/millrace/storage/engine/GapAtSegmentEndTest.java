package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.ReadResult;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Offsets between the last batch of a segment and the first of the next one. */
class GapAtSegmentEndTest {

    private static final Path FOLDER = Path.of("dir");
    private static final String FILLER = "f".repeat(10_000);

    private final FaultDisk disk = new FaultDisk(1);
    private StoreFixture fixture;

    @BeforeEach
    void open() throws Exception {
        disk.createDirectories(FOLDER);
        fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
    }

    @Test
    void aFollowerMakesNone() {
        PartitionLog log = fixture.create("t", 0);
        ByteBuffer first = StoreFixture.batch("a");
        ByteBuffer behindAGap = StoreFixture.batch("b");
        new RecordBatchView().wrap(behindAGap, 0).baseOffset(5);
        assertThat(log.appendAsFollower(first)).isInstanceOf(AppendResult.Appended.class);
        assertThat(log.appendAsFollower(behindAGap)).isInstanceOf(AppendResult.Refused.class);
    }

    @Test
    void aReadInOneGoesOnInTheSegmentBehind() throws Exception {
        PartitionLog log =
                fixture.store.create(StoreFixture.identity("t", 0), LogConfig.DEFAULT.withSegmentBytes(35_000));
        for (int i = 0; i < 12; i++) {
            StoreFixture.append(log, i + FILLER);
        }
        fixture.close();
        // Somebody removed the second of four: a start takes the first for one that ends where the third begins.
        for (String suffix : new String[] {".log", ".side"}) {
            disk.delete(FOLDER.resolve("t-0/00000000000000000003" + suffix));
        }
        fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        PartitionLog again = fixture.log("t", 0);
        assertThat(again.read(4, again.logEndOffset(), 1 << 20, true)).isInstanceOf(ReadResult.Pending.class);
        assertThat(fixture.values(again, 4)).hasSize(6).first().isEqualTo(6 + FILLER);
        assertThat(again.damage()).isNull();
    }
}
