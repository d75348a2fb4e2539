package io.millrace.bench.crash;

import java.util.ArrayList;
import java.util.List;

/** What a look at the whole topic found. Counts of records; the first few findings in words. Owned by the main thread. */
final class Verdict {

    private static final int MAX_FINDINGS = 10;

    private long read;
    private long acked;
    private long lost;
    private long misplaced;
    private long duplicated;
    private long disordered;
    private long foreign;
    private final List<String> findings = new ArrayList<>();

    void read(long count) {
        read = count;
    }

    void acked(long count) {
        acked += count;
    }

    void lost(String finding) {
        lost++;
        note("lost: " + finding);
    }

    void misplaced(String finding) {
        misplaced++;
        note("at another place than acknowledged: " + finding);
    }

    void duplicated(String finding) {
        duplicated++;
        note("twice: " + finding);
    }

    void disordered(String finding) {
        disordered++;
        note("out of order: " + finding);
    }

    void foreign(String finding) {
        foreign++;
        note("never sent: " + finding);
    }

    private void note(String finding) {
        if (findings.size() < MAX_FINDINGS) {
            findings.add(finding);
        }
    }

    long lost() {
        return lost;
    }

    boolean isClean() {
        return lost + misplaced + duplicated + disordered + foreign == 0;
    }

    List<String> findings() {
        return findings;
    }

    @Override
    public String toString() {
        return "read=" + read + " acked=" + acked + " lost=" + lost + " misplaced=" + misplaced + " duplicated="
                + duplicated + " disordered=" + disordered + " foreign=" + foreign;
    }
}
