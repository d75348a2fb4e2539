package io.millrace.protocol.generator;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The generator's command line.
 *
 * <pre>
 * --package NAME     package of the generated classes
 * --out DIR          root of the generated sources
 * --source PLACE     a jar (its common/message/*.json) or a directory (its *.json); repeatable, a later schema replaces an
 *                    earlier one of the same name, which is how overlays work
 * --api-table        also write ApiKey and ApiMessages
 * </pre>
 */
public final class GenerateMessages {
    private @Nullable String javaPackage;
    private @Nullable Path out;
    private final List<Path> sources = new ArrayList<>();
    private boolean apiTable;

    private GenerateMessages() {}

    /** Runs the generator; throws instead of exiting, because Maven runs it in its own process. */
    public static void main(String[] args) {
        GenerateMessages run = new GenerateMessages();
        run.parse(args);
        run.generate();
    }

    private void parse(String[] args) {
        for (int i = 0; i < args.length; i++) {
            String option = args[i];
            if (option.equals("--api-table")) {
                apiTable = true;
                continue;
            }
            if (i + 1 == args.length) {
                throw new IllegalArgumentException(option + " needs a value");
            }
            String value = args[++i];
            switch (option) {
                case "--package" -> javaPackage = value;
                case "--out" -> out = Path.of(value);
                case "--source" -> sources.add(Path.of(value));
                default -> throw new IllegalArgumentException("unknown option " + option);
            }
        }
    }

    private void generate() {
        if (javaPackage == null || out == null || sources.isEmpty()) {
            throw new IllegalArgumentException("--package, --out and at least one --source are needed");
        }
        Map<String, MessageSchema> byName = new TreeMap<>();
        for (Path source : sources) {
            for (MessageSchema schema : SchemaSource.read(source)) {
                byName.put(schema.name(), schema);
            }
        }
        List<MessageSchema> live = byName.values().stream()
                .filter(schema -> !schema.validVersions().isEmpty())
                .toList();
        OutputFolder folder = new OutputFolder(out, javaPackage);
        int versions = 0;
        for (MessageSchema schema : live) {
            folder.write(schema.name(), new ClassSource(schema, javaPackage).text());
            versions +=
                    schema.validVersions().highest() - schema.validVersions().lowest() + 1;
        }
        if (apiTable) {
            ApiTableSource table = new ApiTableSource(live, javaPackage);
            folder.write("ApiKey", table.apiKeyText());
            folder.write("ApiMessages", table.apiMessagesText());
        }
        int changed = folder.finish();
        System.out.println("messages=" + live.size() + " versions=" + versions + " changedFiles=" + changed);
    }
}
