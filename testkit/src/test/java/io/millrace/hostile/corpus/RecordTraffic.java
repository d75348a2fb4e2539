package io.millrace.hostile.corpus;

import io.millrace.testkit.TestBroker;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/** {@code RecordTraffic FILE}: lets every client at hand talk to a broker of its own and writes what they sent. */
public final class RecordTraffic {

    /** Topics of the tours that outlive them. */
    static final List<String> TOPICS = List.of("tour", "tour-other");

    private RecordTraffic() {}

    @FunctionalInterface
    private interface Tour {
        void take(String bootstrap, String topic) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[0]);
        try (TrafficRecorder recorder = new TrafficRecorder()) {
            String bootstrap = "localhost:" + recorder.port();
            try (TestBroker broker = TestBroker.start(
                    "listeners", "PLAINTEXT://127.0.0.1:0",
                    "advertised.listeners", "PLAINTEXT://" + bootstrap,
                    "group.initial.rebalance.delay.ms", "500",
                    "num.partitions", "2")) {
                recorder.forwardTo(broker.broker().listeners().getFirst().port());
                Map<String, Corpus.TopicId> ids = record(recorder, bootstrap);
                Corpus corpus = new Corpus(ids, recorder.frames());
                try (OutputStream out = Files.newOutputStream(file)) {
                    corpus.write(out);
                }
                print(corpus);
                System.out.println(file + ": " + Files.size(file) + " bytes, "
                        + corpus.frames().size() + " frames");
            }
        }
        System.exit(0); // threads of clients that were cut off
    }

    private static Map<String, Corpus.TopicId> record(TrafficRecorder recorder, String bootstrap) throws Exception {
        recorder.clientIs("kafka-clients");
        Map<String, Corpus.TopicId> ids = new TreeMap<>();
        for (Map.Entry<String, Uuid> topic :
                JavaTour.createTopics(bootstrap, TOPICS, 2).entrySet()) {
            Uuid id = topic.getValue();
            ids.put(topic.getKey(), new Corpus.TopicId(id.getMostSignificantBits(), id.getLeastSignificantBits()));
        }
        Map<String, Tour> tours = new TreeMap<>(Map.of(
                "1 kafka-clients produce", JavaTour::produce,
                "2 kafka-clients consume", JavaTour::consume,
                "3 kafka-clients group", JavaTour::group,
                "4 kafka-clients admin", JavaTour::admin,
                "5 native", OtherTours::nativeClients,
                "6 kcat", OtherTours::kcat,
                "7 confluent", (server, topic) -> OtherTours.python("confluent", server, topic),
                "8 kafka_python", (server, topic) -> OtherTours.python("kafka_python", server, topic),
                "9 kafkajs", OtherTours::kafkajs));
        for (Map.Entry<String, Tour> tour : tours.entrySet()) {
            System.out.println(tour.getKey());
            recorder.clientIs(tour.getKey().split(" ", -1)[1]);
            tour.getValue().take(bootstrap, TOPICS.getFirst());
        }
        return ids;
    }

    private static void print(Corpus corpus) {
        Map<String, Integer> counts = new TreeMap<>();
        for (RecordedFrame frame : corpus.frames()) {
            counts.merge(
                    String.format("%3d v%-2d %s", frame.apiKey(), frame.apiVersion(), frame.client()), 1, Integer::sum);
        }
        counts.forEach((kind, count) -> System.out.println(kind + " " + count));
    }
}
