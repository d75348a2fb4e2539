package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that may open no more files: it says so, goes on with what it has, and loses nothing. */
@Timeout(300)
class OpenFilesFaultIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int PLENTY = 4_096;
    /** How long the broker holds back lines that say the same. */
    private static final int LOG_INTERVAL_S = 10;

    @TempDir
    private Path work;

    private String data;
    private String classPath;

    @BeforeEach
    void pack() throws Exception {
        RootFaults.require("prlimit");
        classPath = PackedClassPath.in(work);
        data = work.resolve("data").toString();
    }

    @Test
    void aConnectionTooManyIsNamedOnceAndTheOthersGoOn() throws Exception {
        AckedRecords records = new AckedRecords("connections", 100);
        try (BrokerProcess broker = BrokerProcess.start(work, classPath, List.of(), "--data", data)) {
            String bootstrap = broker.awaitServing();
            records.produce(bootstrap, 10);
            long beganNs;
            try (KafkaProducer<String, String> producer = AckedRecords.producer(bootstrap, Map.of())) {
                records.awaitAck(records.send(producer));
                broker.limitOpenFiles(broker.openFiles() + 4);
                beganNs = System.nanoTime();
                List<Socket> sockets = new ArrayList<>();
                try {
                    for (int i = 0; i < 20; i++) {
                        sockets.add(connect(bootstrap));
                    }
                    await().atMost(SOON)
                            .until(() ->
                                    !broker.lines("cannot accept a connection").isEmpty());
                    for (int i = 0; i < 20; i++) {
                        records.awaitAck(records.send(producer));
                    }
                } finally {
                    for (Socket socket : sockets) {
                        socket.close();
                    }
                }
            }
            records.produce(bootstrap, 10); // by a connection of its own
            long tookS = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganNs);
            assertThat(broker.lines("cannot accept a connection"))
                    .hasSizeBetween(1, 1 + (int) (tookS / LOG_INTERVAL_S))
                    .first()
                    .asString()
                    .contains("too many open files: raise the limit with ulimit -n");
            broker.limitOpenFiles(PLENTY);
            records.verify(bootstrap);
            assertThat(broker.stop()).isZero();
        }
    }

    private static Socket connect(String bootstrap) throws Exception {
        int port = Integer.parseInt(bootstrap.substring(bootstrap.lastIndexOf(':') + 1));
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    @Test
    void aSegmentThatCannotBeOpenedRefusesProduceUntilItCan() throws Exception {
        AckedRecords records = new AckedRecords("segments", 50_000);
        AckedRecords others = new AckedRecords("others", 50_000);
        try (BrokerProcess broker = BrokerProcess.start(work, classPath, List.of(), "--data", data)) {
            String bootstrap = broker.awaitServing();
            others.produce(bootstrap, 40); // so that every class is loaded, and every jar open
            others.verify(bootstrap);
            try (KafkaProducer<String, String> producer = AckedRecords.impatientProducer(bootstrap)) {
                records.awaitAck(records.send(producer));
                broker.limitOpenFiles(broker.openFiles());
                Throwable refusal = null;
                for (int i = 0; refusal == null; i++) {
                    assertThat(i).as("records taken without a segment").isLessThan(2_000);
                    AckedRecords.Sent sent = records.send(producer);
                    refusal = catchThrowable(() -> records.awaitAck(sent));
                }
                assertThat(refusal)
                        .as(broker.output())
                        .hasCauseInstanceOf(KafkaStorageException.class)
                        .hasMessageContainingAll("too many open files", "ulimit -n", "resumes by itself");
                assertThat(broker.lines("produce-refused")).hasSize(1);
                broker.limitOpenFiles(PLENTY);
                await().atMost(SOON)
                        .until(() -> !broker.lines("produce-resumed").isEmpty());
                records.awaitAck(records.send(producer));
            }
            records.verify(bootstrap);
            assertThat(broker.stop()).isZero();
        }
        try (BrokerProcess broker = BrokerProcess.start(work, classPath, List.of(), "--data", data)) {
            String bootstrap = broker.awaitServing();
            records.verify(bootstrap);
            others.verify(bootstrap);
            assertThat(broker.stop()).isZero();
        }
    }
}
