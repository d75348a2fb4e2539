package io.millrace.tools.topic;

import io.millrace.client.admin.Admin;
import io.millrace.client.cluster.TopicImage;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.UnknownTopicException;
import io.millrace.tools.shell.Outcome;
import io.millrace.tools.shell.VerbException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What to tell somebody who named a topic that does not exist. */
public final class TopicNames {

    private static final int MAX_DISTANCE = 3;

    private TopicNames() {}

    /** The failure in words that help: with the nearest existing name, when one is near. */
    public static VerbException explain(Admin admin, UnknownTopicException failure) {
        List<String> names;
        try {
            names = Outcome.of(admin.listTopics()).stream()
                    .filter(topic -> !topic.internal())
                    .map(TopicImage::name)
                    .toList();
        } catch (ClientException e) {
            return new VerbException(String.valueOf(failure.getMessage()), failure);
        }
        if (names.contains(failure.topic())) {
            return new VerbException(
                    String.valueOf(failure.getMessage()), failure); // it is a partition that is missing
        }
        String nearest = nearest(failure.topic(), names);
        String advice = names.isEmpty()
                ? "there are no topics yet: create it with millrace topic create " + failure.topic()
                : nearest != null
                        ? "did you mean '" + nearest + "'?"
                        : "millrace topic list shows those there are, millrace topic create makes one";
        return new VerbException("there is no topic '" + failure.topic() + "'; " + advice, failure);
    }

    /** The candidate with the fewest letters to change; null when none is near enough to be meant. */
    public static @Nullable String nearest(String wanted, List<String> candidates) {
        String nearest = null;
        int least = Math.min(MAX_DISTANCE, Math.max(1, wanted.length() / 2)) + 1;
        for (String candidate : candidates) {
            int distance = distance(wanted, candidate);
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /** Levenshtein's: letters to insert, delete or replace. */
    private static int distance(String from, String to) {
        int[] before = new int[to.length() + 1];
        for (int i = 0; i <= to.length(); i++) {
            before[i] = i;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] now = new int[to.length() + 1];
            now[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = before[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                now[j] = Math.min(replaced, 1 + Math.min(before[j], now[j - 1]));
            }
            before = now;
        }
        return before[to.length()];
    }
}
