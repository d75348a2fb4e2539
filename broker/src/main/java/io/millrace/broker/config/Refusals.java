package io.millrace.broker.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/** Why keys of Kafka's do not exist here, by name or by how the name begins. Immutable. */
final class Refusals {

    private final Map<String, String> reasons = new LinkedHashMap<>();

    /**
     * Pairs of names, separated by blanks, and the reason for all of them. A name that ends with a star stands for all that
     * begin like it; a longer one goes before a shorter one.
     */
    Refusals(String... namesAndReasons) {
        for (int i = 0; i < namesAndReasons.length; i += 2) {
            StringTokenizer names = new StringTokenizer(namesAndReasons[i]);
            while (names.hasMoreTokens()) {
                reasons.put(names.nextToken(), namesAndReasons[i + 1]);
            }
        }
    }

    /** Null when nothing is known of the name. */
    @Nullable
    String reason(String name) {
        String exact = reasons.get(name);
        if (exact != null) {
            return exact;
        }
        for (int end = name.length(); end > 0; end--) {
            String reason = reasons.get(name.substring(0, end) + "*");
            if (reason != null) {
                return reason;
            }
        }
        return null;
    }

    /** Names, or beginnings with a star, and reasons, in the order of the reference page. */
    Map<String, String> reasons() {
        return reasons;
    }
}
