package io.millrace.replication.controller;

import org.jspecify.annotations.Nullable;

/** What a topic may be called: Kafka's rule, for names become folders. Stateless. */
final class TopicNames {

    static final int MAX_LENGTH = 249;

    private TopicNames() {}

    /** Why {@code name} may not be, or null when it may. */
    static @Nullable String refusal(String name) {
        if (name.isEmpty()) {
            return "Topic name is empty: give it 1 to " + MAX_LENGTH + " characters";
        }
        if (name.equals(".") || name.equals("..")) {
            return "Topic name '" + name + "' is not allowed: it names a folder of the file system";
        }
        if (name.length() > MAX_LENGTH) {
            return "Topic name has " + name.length() + " characters: at most " + MAX_LENGTH + " are allowed";
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean legal = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '.'
                    || c == '_'
                    || c == '-';
            if (!legal) {
                return "Topic name holds a character that is not allowed at position " + i
                        + ": only ASCII letters, digits, '.', '_' and '-' are";
            }
        }
        return null;
    }
}
