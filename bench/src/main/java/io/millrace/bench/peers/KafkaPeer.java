package io.millrace.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Apache Kafka, stock settings, 1 GiB heap, one process as broker and controller. */
final class KafkaPeer implements Peer {

    private static final int PORT = 19292;
    private static final int CONTROLLER_PORT = 19293;
    private static final String CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qk";

    private final String java;
    private final String classPath;

    KafkaPeer(String java, String classPath) {
        this.java = java;
        this.classPath = classPath;
    }

    @Override
    public String name() {
        return "kafka";
    }

    @Override
    public int port() {
        return PORT;
    }

    @Override
    public void prepare(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("server.properties"), """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@localhost:%d
                listeners=PLAINTEXT://localhost:%d,CONTROLLER://localhost:%d
                controller.listener.names=CONTROLLER
                log.dirs=%s
                offsets.topic.replication.factor=1
                # Stock is a minute, when other rows are measured.
                log.segment.delete.delay.ms=1000
                """.formatted(
                        CONTROLLER_PORT, PORT, CONTROLLER_PORT, folder.resolve("data")));
        int exit = new ProcessBuilder(
                        java,
                        "-cp",
                        classPath,
                        "kafka.tools.StorageTool",
                        "format",
                        "-t",
                        CLUSTER_ID,
                        "-c",
                        folder.resolve("server.properties").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("format.log").toFile())
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("formatting Kafka's folder failed: see " + folder.resolve("format.log"));
        }
    }

    @Override
    public List<String> command(Path folder) {
        return List.of(
                java,
                "-Xms1g",
                "-Xmx1g",
                "-XX:+UseG1GC",
                "-XX:MaxGCPauseMillis=20",
                "-cp",
                classPath,
                "kafka.Kafka",
                folder.resolve("server.properties").toString());
    }

    @Override
    public JournalMeter journal() {
        return JournalMeter.NONE;
    }
}
