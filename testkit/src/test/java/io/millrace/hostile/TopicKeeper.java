package io.millrace.hostile;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Brings back the topics that mutants are about when a mutant deleted them, and deletes what mutants created when it is much. A thread
 * of its own.
 */
final class TopicKeeper implements AutoCloseable {

    /** The topics of the recording. */
    static final Set<String> TOPICS = Set.of("tour", "tour-other", "tour-admin", "tour-deleted");

    private static final int MAX_FOREIGN_TOPICS = 300;
    private static final int LOOK_EVERY_MS = 500;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final Admin admin;
    private final Vocabulary vocabulary;
    private final String keptPrefix;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final List<String> troubles = new ArrayList<>();
    private final Thread thread = Thread.ofPlatform().name("topic-keeper").unstarted(this::keep);

    /** @param keptPrefix topics and groups that begin like this are not ours */
    TopicKeeper(String bootstrap, Vocabulary vocabulary, String keptPrefix) {
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap, "default.api.timeout.ms", 30_000));
        this.vocabulary = vocabulary;
        this.keptPrefix = keptPrefix;
    }

    void start() throws InterruptedException {
        look();
        thread.start();
    }

    private void keep() {
        try {
            while (!stop.await(LOOK_EVERY_MS, TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        try {
            Set<String> names = admin.listTopics().names().get();
            List<NewTopic> missing = TOPICS.stream()
                    .filter(name -> !names.contains(name))
                    .map(name -> new NewTopic(name, 2, (short) 1).configs(Map.of("retention.bytes", "10000000")))
                    .toList();
            if (!missing.isEmpty()) {
                admin.createTopics(missing).all().get();
            }
            for (TopicDescription topic :
                    admin.describeTopics(TOPICS).allTopicNames().get().values()) {
                vocabulary.topicIs(topic.name(), topic.topicId());
            }
            deleteForeign(names, MAX_FOREIGN_TOPICS);
        } catch (ExecutionException refused) {
            Throwable cause = refused.getCause();
            if (!(cause instanceof TopicExistsException) && !(cause instanceof UnknownTopicOrPartitionException)) {
                troubles.add(String.valueOf(cause));
            }
        }
    }

    private void deleteForeign(Collection<String> names, int allowed) throws InterruptedException, ExecutionException {
        List<String> foreign = names.stream()
                .filter(name -> !name.startsWith(keptPrefix) && !TOPICS.contains(name) && !name.startsWith("__"))
                .toList();
        if (foreign.size() > allowed) {
            admin.deleteTopics(foreign).all().get();
        }
    }

    /** Deletes everything that mutants left behind; how many topics and groups there were. */
    String cleanUp() throws Exception {
        Set<String> names = admin.listTopics().names().get();
        try {
            deleteForeign(names, 0);
        } catch (ExecutionException alreadyGone) {
            troubles.add(String.valueOf(alreadyGone.getCause()));
        }
        admin.deleteTopics(TOPICS).all().get();
        List<String> groups = admin.listGroups().all().get().stream()
                .map(GroupListing::groupId)
                .filter(group -> !group.startsWith(keptPrefix))
                .toList();
        int left = 0;
        for (var deleted : admin.deleteConsumerGroups(groups).deletedGroups().values()) {
            try {
                deleted.get();
            } catch (ExecutionException notEmpty) {
                left++;
            }
        }
        return names.size() + " topics, " + groups.size() + " groups of which " + left + " still have members";
    }

    /** What the keeper's own requests met with that a healthy client should not. */
    List<String> troubles() {
        return List.copyOf(troubles);
    }

    void stop() throws InterruptedException {
        stop.countDown();
        thread.join();
    }

    @Override
    public void close() {
        stop.countDown();
        admin.close(CLOSE_TIMEOUT);
    }
}
