package io.millrace.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * {@code SoakLoad BOOTSTRAP MINUTES}: a moderate load of every kind that a broker meets, and at its end one line of what it did.
 * Exits with 1 when a part of it stopped for good or did nothing.
 *
 * <ul>
 *   <li>producers: small records one by one, batches compressed by each codec, large records
 *   <li>two groups that read all of it and rebalance as members come and go, and one slow consumer
 *   <li>clients that connect, do one thing and go; topics that are created, filled and deleted
 * </ul>
 */
public final class SoakLoad {

    /** One part in so many of the time, at the start, is faster. */
    private static final int WARM_UP_SHARE = 15;

    static final String TOPIC = "soak";
    static final int PARTITIONS = 6;
    /** Small enough that segments roll and go all the time. */
    private static final Map<String, String> TOPIC_CONFIG =
            Map.of("segment.bytes", "4194304", "retention.bytes", "16777216", "max.message.bytes", "2097152");

    private SoakLoad() {}

    public static void main(String[] arguments) throws InterruptedException, ExecutionException {
        String bootstrap = arguments[0];
        Duration duration = Duration.ofMinutes(Long.parseLong(arguments[1]));
        Duration warmUp = duration.dividedBy(WARM_UP_SHARE);
        createTopic(bootstrap);
        List<SoakTask> tasks = new ArrayList<>();
        tasks.add(new SoakProducer(bootstrap, "small", "none", 100, 1, 5, warmUp));
        tasks.add(new SoakProducer(bootstrap, "lz4", "lz4", 500, 50, 200, warmUp));
        tasks.add(new SoakProducer(bootstrap, "zstd", "zstd", 2_000, 20, 400, warmUp));
        tasks.add(new SoakProducer(bootstrap, "gzip", "gzip", 300, 20, 500, warmUp));
        tasks.add(new SoakProducer(bootstrap, "snappy", "snappy", 300, 20, 500, warmUp));
        tasks.add(new SoakProducer(bootstrap, "large", "none", 700_000, 1, 1_000, warmUp));
        tasks.add(SoakConsumer.reading(bootstrap, "readers"));
        tasks.add(SoakConsumer.reading(bootstrap, "readers"));
        tasks.add(SoakConsumer.comingAndGoing(bootstrap, "readers"));
        tasks.add(SoakConsumer.comingAndGoing(bootstrap, "wanderers"));
        tasks.add(SoakConsumer.comingAndGoing(bootstrap, "wanderers"));
        tasks.add(SoakConsumer.slow(bootstrap, "slow"));
        tasks.add(new SoakVisitors(bootstrap));
        tasks.add(new SoakTopics(bootstrap));
        tasks.forEach(SoakTask::start);
        Thread.sleep(duration);
        tasks.forEach(SoakTask::stop);
        int failed = 0;
        for (SoakTask task : tasks) {
            task.join();
            System.out.println(task.report());
            failed += task.isGood() ? 0 : 1;
        }
        System.exit(failed == 0 ? 0 : 1);
    }

    private static void createTopic(String bootstrap) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1).configs(TOPIC_CONFIG)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }
}
