package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk without space: produce is refused and says why, the rest goes on, produce resumes by itself, nothing is lost. */
@Timeout(300)
class FullDiskFaultIT {

    private static final int VALUE_BYTES = 100_000;
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path work;

    private SmallDisk disk;
    private String data;
    private final AckedRecords records = new AckedRecords("full", VALUE_BYTES);

    @BeforeEach
    void mount() throws Exception {
        RootFaults.require("mkfs.ext4", "mount", "truncate");
        disk = SmallDisk.create(work, 400);
        data = disk.path().resolve("data").toString();
    }

    @AfterEach
    void unmount() {
        if (disk != null) {
            disk.close();
        }
    }

    private void produceUntilRefused(BrokerProcess broker, String bootstrap) {
        try (KafkaProducer<String, String> producer = AckedRecords.impatientProducer(bootstrap)) {
            Throwable refusal = null;
            for (int i = 0; refusal == null; i++) {
                AckedRecords.Sent sent = records.send(producer);
                refusal = catchThrowable(() -> records.awaitAck(sent));
                assertThat(i).as("records taken on a full disk").isLessThan(1_000);
            }
            assertThat(refusal)
                    .hasCauseInstanceOf(KafkaStorageException.class)
                    .hasMessageContainingAll("the disk of " + data, "full", "free some space", "resumes by itself");
        }
        assertThat(broker.lines("produce-refused")).hasSize(1);
    }

    @Test
    void produceIsRefusedWithItsCauseAndResumesByItself() throws Exception {
        try (BrokerProcess broker = BrokerProcess.start(work, List.of(), "--data", data)) {
            String bootstrap = broker.awaitServing();
            records.produce(bootstrap, 50);
            disk.fill();
            produceUntilRefused(broker, bootstrap);
            records.verify(bootstrap);

            try (KafkaProducer<String, String> patient = AckedRecords.producer(bootstrap, Map.of())) {
                AckedRecords.Sent waiting = records.send(patient);
                await().during(Duration.ofSeconds(2))
                        .until(() -> !waiting.answer().isDone());
                disk.free();
                await().atMost(SOON).until(() -> waiting.answer().isDone());
                records.awaitAck(waiting);
            }
            records.produce(bootstrap, 50);
            assertThat(broker.lines("produce-refused")).hasSize(1);
            assertThat(broker.lines("produce-resumed")).hasSize(1);
            assertThat(broker.stop()).isZero();
        }
        try (BrokerProcess broker = BrokerProcess.start(work, List.of(), "--data", data)) {
            records.verify(broker.awaitServing());
            assertThat(broker.stop()).isZero();
        }
    }

    @Test
    void aStopAndAStartOnAFullDiskLoseNothing() throws Exception {
        try (BrokerProcess broker = BrokerProcess.start(work, List.of(), "--data", data)) {
            String bootstrap = broker.awaitServing();
            records.produce(bootstrap, 30);
            disk.fill();
            produceUntilRefused(broker, bootstrap);
            assertThat(broker.stop()).isZero();
            assertThat(broker.lines("journal-kept")).hasSize(1);
        }
        try (BrokerProcess broker = BrokerProcess.start(work, List.of(), "--data", data)) {
            // The reserve file made room to replay the journal.
            records.verify(broker.awaitServing());
            assertThat(broker.lines("reserve=released")).hasSize(1);
            assertThat(broker.stop()).isZero();
        }
        disk.free();
        try (BrokerProcess broker = BrokerProcess.start(work, List.of(), "--data", data)) {
            records.verify(broker.awaitServing());
            assertThat(broker.stop()).isZero();
        }
    }
}
