package io.millrace.replication.folder;

import io.millrace.protocol.Uuid;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a data folder, as its file {@code meta.properties} holds it. Immutable.
 *
 * <pre>
 * # Millrace data folder: written once, never changed by hand
 * millrace.format=1
 * cluster.id=Zm9vYmFyYmF6cXV4MTIzNA
 * node.id=1
 * directory.id=MDEyMzQ1Njc4OWFiY2RlZg
 * </pre>
 *
 * <p>There is no {@code version} key, so that Apache Kafka refuses the folder as this refuses Kafka's.
 *
 * @param format of the whole folder
 */
record MetaProperties(int format, String clusterId, int nodeId, Uuid directoryId) {

    static final String FILE_NAME = "meta.properties";

    /** The newest layout of the folder that this build understands. */
    static final int FORMAT = 1;

    static final String FORMAT_KEY = "millrace.format";
    private static final String CLUSTER_KEY = "cluster.id";
    private static final String NODE_KEY = "node.id";
    private static final String DIRECTORY_KEY = "directory.id";

    String text() {
        return "# Millrace data folder: written once, never changed by hand\n"
                + FORMAT_KEY + "=" + format + "\n"
                + CLUSTER_KEY + "=" + clusterId + "\n"
                + NODE_KEY + "=" + nodeId + "\n"
                + DIRECTORY_KEY + "=" + directoryId + "\n";
    }

    /** The keys and values of a properties file, without escapes: none of ours needs one. */
    static Map<String, String> entries(String text) {
        Map<String, String> entries = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0 && !line.startsWith("#")) {
                entries.put(
                        line.substring(0, equals).strip(),
                        line.substring(equals + 1).strip());
            }
        });
        return entries;
    }

    /** The format number, or -1 when there is none that can be read. */
    static int format(Map<String, String> entries) {
        return number(entries.get(FORMAT_KEY));
    }

    /** Null when something is missing or cannot be read. */
    static @Nullable MetaProperties of(Map<String, String> entries) {
        int format = format(entries);
        int nodeId = number(entries.get(NODE_KEY));
        String clusterId = entries.get(CLUSTER_KEY);
        String directory = entries.get(DIRECTORY_KEY);
        if (format < 1 || nodeId < 0 || clusterId == null || clusterId.isEmpty() || directory == null) {
            return null;
        }
        try {
            return new MetaProperties(format, clusterId, nodeId, Uuid.parse(directory));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static int number(@Nullable String text) {
        if (text == null) {
            return -1;
        }
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
