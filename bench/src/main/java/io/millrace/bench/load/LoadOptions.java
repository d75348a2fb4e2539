package io.millrace.bench.load;

import java.util.HashMap;
import java.util.Map;

/** {@code --key value} pairs of a load program; unknown keys are refused when {@link #checkAllUsed()} is called. */
public final class LoadOptions {

    private final Map<String, String> given = new HashMap<>();
    private final Map<String, String> used = new HashMap<>();

    public LoadOptions(String[] arguments) {
        if (arguments.length % 2 != 0) {
            throw new IllegalArgumentException("options come in pairs: --key value");
        }
        for (int i = 0; i < arguments.length; i += 2) {
            given.put(arguments[i].replaceFirst("^--", ""), arguments[i + 1]);
        }
    }

    public String text(String key, String otherwise) {
        String value = given.getOrDefault(key, otherwise);
        used.put(key, value);
        return value;
    }

    public int number(String key, int otherwise) {
        return Integer.parseInt(text(key, Integer.toString(otherwise)));
    }

    public void checkAllUsed() {
        for (String key : given.keySet()) {
            if (!used.containsKey(key)) {
                throw new IllegalArgumentException("unknown option --" + key + "; known: " + used.keySet());
            }
        }
    }
}
