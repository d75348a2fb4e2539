package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.PartitionLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How often a batch is looked at on its way into a log: its checksum computed, its records walked or unpacked, its observers told.
 * Counted by the virtual machine (JEP 520), which knows every call.
 */
final class OnePassTest {

    private static final String CHECKSUMS = "io.millrace.protocol.record.RecordBatchView::computeCrc";
    private static final String WALKS = "io.millrace.protocol.record.RecordWalk::run";
    private static final String DECODES = "io.millrace.protocol.record.RecordCursor::reset";
    private static final String UNPACKS = "io.millrace.protocol.compress.Decompressor::start";
    private static final String OBSERVED = "io.millrace.storage.observer.ObserverChain::appended";
    private static final List<String> COUNTED = List.of(CHECKSUMS, WALKS, DECODES, UNPACKS, OBSERVED);

    private static final int PLAIN = 7;
    private static final int PACKED = 5;
    private static final int BATCHES = PLAIN + PACKED;

    @TempDir
    private Path scratch;

    private final List<ByteBuffer> batches = new ArrayList<>();

    /** Work to be counted. */
    private interface Work {
        void run() throws Exception;
    }

    @BeforeEach
    void build() {
        for (int i = 0; i < BATCHES; i++) {
            try (RecordBatchBuilder builder = new RecordBatchBuilder(1024, 1 << 20)) {
                builder.codec(i < PLAIN ? Codec.NONE : Codec.LZ4);
                for (int r = 0; r < 3; r++) {
                    builder.append(1_700_000_000_000L, new byte[] {1, 2, 3}, new byte[50_000]);
                }
                ByteBuffer built = builder.build();
                batches.add(ByteBuffer.allocate(built.remaining()).put(built).flip());
            }
        }
    }

    private Map<String, Long> count(Work work) throws Exception {
        Path file = scratch.resolve("counted.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.MethodTiming").with("filter", String.join(";", COUNTED));
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        Map<String, Long> calls = new TreeMap<>();
        for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
            if (event.getEventType().getName().equals("jdk.MethodTiming")) {
                RecordedMethod method = event.getValue("method");
                String name = method.getType().getName() + "::" + method.getName();
                calls.merge(name, event.getLong("invocations"), Math::max);
            }
        }
        Files.delete(file);
        assertThat(calls).as("methods that are counted").containsOnlyKeys(COUNTED);
        return calls;
    }

    private void appendAsLeader(PartitionLog log) {
        for (ByteBuffer batch : batches) {
            assertThat(log.appendAsLeader(batch, 0, ValidationRules.Origin.CLIENT))
                    .isInstanceOf(AppendResult.Appended.class);
        }
    }

    @Test
    void asLeaderEveryChecksumIsComputedAndEveryRecordReadOnce() throws Exception {
        StoreFixture fixture = open(new FaultDisk(1));
        PartitionLog log = fixture.create("t", 0);
        Map<String, Long> calls = count(() -> {
            appendAsLeader(log);
            fixture.settle();
        });
        assertThat(log.syncedEndOffset()).isEqualTo(3L * BATCHES);
        assertThat(calls).isEqualTo(counts(BATCHES, BATCHES, 0, PACKED, BATCHES));
        fixture.close();
    }

    @Test
    void asFollowerNoRecordIsReadAgain() throws Exception {
        StoreFixture fixture = open(new FaultDisk(1));
        PartitionLog log = fixture.create("t", 0);
        long offset = 0;
        for (ByteBuffer batch : batches) {
            RecordBatchView view = new RecordBatchView().wrap(batch, 0);
            view.baseOffset(offset);
            view.partitionLeaderEpoch(2);
            offset = view.nextOffset();
        }
        Map<String, Long> calls = count(() -> {
            for (ByteBuffer batch : batches) {
                assertThat(log.appendAsFollower(batch)).isInstanceOf(AppendResult.Appended.class);
            }
            fixture.settle();
        });
        assertThat(log.syncedEndOffset()).isEqualTo(3L * BATCHES);
        assertThat(calls).isEqualTo(counts(BATCHES, 0, 0, 0, BATCHES));
        fixture.close();
    }

    /** The journal's own checksums cover the batches. */
    @Test
    void inReplayOnlyHeadersAreRead() throws Exception {
        FaultDisk disk = new FaultDisk(1);
        StoreFixture killed = open(disk);
        PartitionLog log = killed.create("t", 0);
        appendAsLeader(log);
        while (log.syncedEndOffset() < log.logEndOffset()) {
            killed.loop.turn();
            killed.lanes.one(killed.lanes.journal);
        }
        List<StoreFixture> again = new ArrayList<>();
        Map<String, Long> calls = count(() -> again.add(open(disk)));
        StoreFixture found = again.getFirst();
        assertThat(found.log("t", 0).logEndOffset()).isEqualTo(3L * BATCHES);
        assertThat(calls).isEqualTo(counts(0, 0, 0, 0, BATCHES));
        found.close();
    }

    private static Map<String, Long> counts(long checksums, long walks, long decodes, long unpacks, long observed) {
        return new TreeMap<>(
                Map.of(CHECKSUMS, checksums, WALKS, walks, DECODES, decodes, UNPACKS, unpacks, OBSERVED, observed));
    }

    private static StoreFixture open(FaultDisk disk) throws IOException, StorageStartException {
        Path folder = Path.of("dir");
        disk.createDirectories(folder);
        return StoreFixture.open(disk, folder, StorageConfig.SMALL);
    }
}
