package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk whose sync fails: the process ends and says why, and what it acknowledged before is there at the next start. */
@Timeout(300)
class FailedSyncFaultIT {

    /** Of one thread: only the journal's syncs that often. */
    private static final int FIRST_FAILING_SYNC = 40;

    @TempDir
    private Path work;

    @BeforeEach
    void checkTools() {
        RootFaults.require("strace");
    }

    @Test
    void aFailedSyncEndsTheProcessAndLosesNothingAcknowledged() throws Exception {
        String data = work.resolve("data").toString();
        AckedRecords records = new AckedRecords("synced", 1_000);
        String syncs = "fsync,fdatasync";
        List<String> strace = List.of(
                "strace",
                "-f",
                "-qq",
                "--seccomp-bpf",
                "-o",
                "/dev/null",
                "-e",
                "trace=" + syncs,
                "-e",
                "signal=none",
                "-e",
                "inject=" + syncs + ":error=EIO:when=" + FIRST_FAILING_SYNC + "+");
        try (BrokerProcess broker = BrokerProcess.start(work, strace, "--data", data)) {
            produceUntilEnd(broker, records);
            assertThat(broker.awaitEnd()).isEqualTo(1);
            assertThat(broker.lines("millrace: log directory " + data + " is offline: sync "))
                    .singleElement()
                    .asString()
                    .contains("Input/output error")
                    .endsWith("; replace or repair the disk, then start again");
            assertThat(broker.output()).doesNotContain("\tat ");
        }
        assertThat(records.count()).isGreaterThan(20);
        try (BrokerProcess broker = BrokerProcess.start(work, List.of(), "--data", data)) {
            records.verify(broker.awaitServing());
            assertThat(broker.stop()).isZero();
        }
    }

    private static void produceUntilEnd(BrokerProcess broker, AckedRecords records) throws InterruptedException {
        Map<String, Object> settings = Map.of("delivery.timeout.ms", 3_000, "request.timeout.ms", 2_000);
        try (KafkaProducer<String, String> producer = AckedRecords.producer(broker.awaitServing(), settings)) {
            for (int i = 0; i < 10 * FIRST_FAILING_SYNC; i++) {
                AckedRecords.Sent sent = records.send(producer);
                try {
                    records.awaitAck(sent);
                } catch (ExecutionException unanswered) { // so not acknowledged: a slow disk, or the end
                    if (broker.isEnding()) {
                        return;
                    }
                }
            }
        }
        throw new AssertionError("no sync failed:\n" + broker.output());
    }
}
