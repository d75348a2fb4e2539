package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.PartitionLog;
import io.millrace.storage.StorageFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogStoreTest {

    @TempDir
    Path folder;

    @Test
    void appendedIsReadableAtOnceAndBecomesWrittenThenSynced() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder);
        PartitionLog log = fixture.create("t", 0);
        List<String> events = new ArrayList<>();
        log.listener(new PartitionLog.Listener() {
            @Override
            public void writtenTo(long endOffset) {
                events.add("written " + endOffset);
            }

            @Override
            public void syncedTo(long endOffset) {
                events.add("synced " + endOffset);
            }

            @Override
            public void failed(StorageFailure failure) {
                events.add(failure.message());
            }
        });

        StoreFixture.append(log, "a", "b");
        assertThat(log.logEndOffset()).isEqualTo(2);
        assertThat(log.writtenEndOffset()).isZero();
        assertThat(fixture.values(log, 0)).containsExactly("a", "b");

        fixture.settle();
        assertThat(events).containsExactly("written 2", "synced 2");
        assertThat(log.syncedEndOffset()).isEqualTo(2);
    }

    @Test
    void whatArrivesDuringASyncGoesOutAsOneGroup() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder);
        PartitionLog first = fixture.create("t", 0);
        PartitionLog second = fixture.create("t", 1);
        StoreFixture.append(first, "a");
        fixture.loop.turn();
        for (int i = 0; i < 10; i++) {
            StoreFixture.append(first, "b" + i);
            StoreFixture.append(second, "c" + i);
        }
        fixture.settle();
        assertThat(fixture.store.counts().journalGroups()).isEqualTo(2);
        assertThat(first.syncedEndOffset()).isEqualTo(11);
        assertThat(second.syncedEndOffset()).isEqualTo(10);
    }

    @Test
    void aKilledProcessKeepsWhatWasSynced() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder);
        PartitionLog log = fixture.create("t", 3);
        StoreFixture.append(log, "a", "b");
        StoreFixture.append(log, "c");
        fixture.settle();

        StoreFixture again = StoreFixture.open(folder);
        PartitionLog recovered = again.log("t", 3);
        assertThat(again.directory.cleanlyStopped()).isFalse();
        assertThat(recovered.logEndOffset()).isEqualTo(3);
        assertThat(recovered.syncedEndOffset()).isEqualTo(3);
        assertThat(again.values(recovered, 0)).containsExactly("a", "b", "c");
        assertThat(again.values(recovered, 1)).containsExactly("b", "c");
        StoreFixture.append(recovered, "d");
        again.settle();
        StoreFixture third = StoreFixture.open(folder);
        assertThat(third.values(third.log("t", 3), 0)).containsExactly("a", "b", "c", "d");
    }

    @Test
    void aCleanStopLeavesAnEmptyJournalAndSegmentsAsKafkaNamesThem() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder);
        PartitionLog log = fixture.create("topic", 0);
        for (int i = 0; i < 100; i++) {
            StoreFixture.append(log, "v" + i);
        }
        fixture.directory.storeBrokerEpoch(42);
        fixture.close();
        assertThat(folder.resolve("topic-0/00000000000000000000.log")).exists();
        assertThat(Files.readString(folder.resolve("topic-0/partition.metadata")))
                .contains("version: 0", "topic_id: " + log.identity().topicId());

        StoreFixture again = StoreFixture.open(folder);
        assertThat(again.directory.cleanlyStopped()).isTrue();
        assertThat(again.directory.previousBrokerEpoch()).isEqualTo(42);
        assertThat(again.directory.replayedGroups()).isZero();
        assertThat(again.values(again.log("topic", 0), 0))
                .hasSize(100)
                .startsWith("v0")
                .endsWith("v99");
    }

    @Test
    void largeTailsMoveToSegmentsAndReadsFollowThem() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder);
        PartitionLog log = fixture.create("t", 0);
        List<String> expected = new ArrayList<>();
        String filler = "x".repeat(2000);
        for (int i = 0; i < 2000; i++) {
            expected.add(i + filler);
            StoreFixture.append(log, i + filler);
            if (i % 50 == 0) {
                fixture.settle();
            }
        }
        fixture.settle();
        assertThat(Files.size(folder.resolve("t-0/00000000000000000000.log"))).isGreaterThan(3_000_000);
        assertThat(fixture.values(log, 0)).isEqualTo(expected);
        assertThat(fixture.values(log, 1234)).isEqualTo(expected.subList(1234, 2000));
    }

    @Test
    void journalFilesAreReusedOnceTheirBatchesAreInSegments() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder);
        PartitionLog busy = fixture.create("busy", 0);
        PartitionLog quiet = fixture.create("quiet", 0);
        StoreFixture.append(quiet, "only");
        String filler = "y".repeat(100_000);
        for (int i = 0; i < 600; i++) {
            StoreFixture.append(busy, i + filler);
            fixture.settle();
        }
        assertThat(fixture.store.counts().journalBytes()).isGreaterThan(55L << 20);
        assertThat(fixture.memory.usedBytes()).isLessThan(8 << 20);

        StoreFixture again = StoreFixture.open(folder);
        assertThat(again.values(again.log("busy", 0), 598)).containsExactly(598 + filler, 599 + filler);
        assertThat(again.log("busy", 0).logEndOffset()).isEqualTo(600);
        assertThat(again.values(again.log("quiet", 0), 0)).containsExactly("only");
    }

    @Test
    void aRestartWithOtherShardsFindsEveryLog() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder);
        for (int p = 0; p < 6; p++) {
            StoreFixture.append(fixture.create("t", p), "v" + p);
        }
        fixture.settle();
        for (int shard = 2; shard >= 0; shard--) {
            StoreFixture again = StoreFixture.open(folder, 3, shard);
            for (int p = shard; p < 6; p += 3) {
                assertThat(again.values(again.log("t", p), 0)).containsExactly("v" + p);
            }
            assertThat(again.store.logs()).hasSize(2);
        }
        StoreFixture one = StoreFixture.open(folder);
        assertThat(one.store.logs()).hasSize(6);
    }
}
