package io.millrace.bench.spike;

import java.nio.file.OpenOption;

/** O_DIRECT, looked up by name: javac warns at a direct mention of a JDK-specific class and the build fails on warnings. */
final class DirectOption {
    static final OpenOption DIRECT = find();

    private DirectOption() {}

    private static OpenOption find() {
        try {
            for (Object option :
                    Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
                if (option.toString().equals("DIRECT")) {
                    return (OpenOption) option;
                }
            }
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("this JDK has no ExtendedOpenOption", e);
        }
        throw new IllegalStateException("this JDK has no ExtendedOpenOption.DIRECT");
    }
}
