package io.millrace.bench.peers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Syncs of Millrace's journals so far and the bytes that they covered, from its metrics page. Immutable. */
record JournalMeter(double syncs, double bytes) {

    private static final double BYTES_PER_KIB = 1024;
    private static final String NAME = "millrace_journal_sync_bytes";

    static final JournalMeter NONE = new JournalMeter(0, 0);

    static JournalMeter read(int adminPort) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> page = client.send(
                    HttpRequest.newBuilder(URI.create("http://localhost:" + adminPort + "/metrics"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return new JournalMeter(sum(page.body(), NAME + "_count"), sum(page.body(), NAME + "_sum"));
        }
    }

    private static double sum(String page, String name) {
        return page.lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** NaN when nothing was synced since. */
    double kibPerSyncSince(JournalMeter before) {
        return (bytes - before.bytes) / (syncs - before.syncs) / BYTES_PER_KIB;
    }
}
