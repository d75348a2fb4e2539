import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code FeedLines FILE STOP_FILE PER_SECOND}: appends lines, each begun by its number and so unlike any other, evenly until the stop file
 * appears.
 */
final class FeedLines {

    private static final int WORDS = 500;
    private static final int WORDS_PER_LINE = 6;
    private static final int TICK_MS = 50;

    private FeedLines() {}

    public static void main(String[] arguments) throws IOException {
        Path stop = Path.of(arguments[1]);
        long spacingNs = 1_000_000_000L / Long.parseLong(arguments[2]);
        Random random = new Random(WORDS);
        long startNs = System.nanoTime();
        try (OutputStream out =
                Files.newOutputStream(Path.of(arguments[0]), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            long written = 0;
            while (!Files.exists(stop)) {
                StringBuilder block = new StringBuilder();
                for (; System.nanoTime() - startNs >= written * spacingNs; written++) {
                    block.append("line-").append(written);
                    for (int word = 0; word < WORDS_PER_LINE; word++) {
                        // The square makes some words common and most rare, as in text.
                        double place = random.nextDouble();
                        block.append(" word").append((int) (place * place * WORDS));
                    }
                    block.append('\n');
                }
                out.write(block.toString().getBytes(StandardCharsets.UTF_8));
                LockSupport.parkNanos(TICK_MS * 1_000_000L);
            }
        }
    }
}
