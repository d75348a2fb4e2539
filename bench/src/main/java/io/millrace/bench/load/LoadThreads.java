package io.millrace.bench.load;

/** Threads whose failure ends the program: a load with a dead connection measures nothing. */
final class LoadThreads {

    /** What a load thread does. */
    interface Body {
        void run() throws Exception;
    }

    private LoadThreads() {}

    static Thread start(String name, Body body) {
        return Thread.ofPlatform().name(name).start(() -> {
            try {
                body.run();
            } catch (Exception e) {
                System.err.println(name + ": " + e);
                Runtime.getRuntime().halt(1);
            }
        });
    }
}
