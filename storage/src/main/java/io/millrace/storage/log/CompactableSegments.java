package io.millrace.storage.log;

import io.millrace.storage.compaction.CompactionRules;
import io.millrace.storage.compaction.CompactionRules.Decision;
import io.millrace.storage.compaction.CompactionRules.Part;
import io.millrace.storage.compaction.SegmentFacts;
import io.millrace.storage.segment.Segment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which segments of a log compaction may touch, and what is known of them. Owner: the log's loop. */
final class CompactableSegments {

    private final JournaledLog log;
    // By identity: no segment equals another one.
    private final Map<Segment, SegmentFacts> facts = new LinkedHashMap<>();

    CompactableSegments(JournaledLog log) {
        this.log = log;
    }

    /** Sealed segments from the log start on that nothing can take back; never the last one. */
    List<SegmentRow> committed() {
        long unstable = log.firstUnstableOffset();
        long synced = Math.min(log.highWatermark(), log.syncedEndOffset());
        long bound = unstable < 0 ? synced : Math.min(synced, unstable);
        LogSegments segments = log.files().segments();
        List<SegmentRow> rows = new ArrayList<>();
        for (int i = 0; i + 1 < segments.size(); i++) {
            SegmentRow row = segments.get(i);
            if (!row.sealed() || row.endOffset() > bound) {
                break;
            }
            if (row.endOffset() > log.logStartOffset()) {
                rows.add(row);
            }
        }
        return rows;
    }

    /** Whether sealed segments wait for the high watermark. */
    boolean hasUncommitted(List<SegmentRow> committed) {
        LogSegments segments = log.files().segments();
        long end =
                committed.isEmpty() ? log.logStartOffset() : committed.getLast().endOffset();
        for (int i = 0; i + 1 < segments.size(); i++) {
            if (segments.get(i).sealed() && segments.get(i).endOffset() > end) {
                return true;
            }
        }
        return false;
    }

    /** Those that a start would leave as they are, whatever the journal says. */
    List<SegmentRow> durable(List<SegmentRow> rows) {
        int count = 0;
        while (count < rows.size()
                && rows.get(count).baseOffset() < log.files().need().durableBase()) {
            count++;
        }
        return rows.subList(0, count);
    }

    /** Forgets what is known of other segments; answers those of which nothing is known. */
    List<SegmentRow> unknown(List<SegmentRow> rows) {
        Set<Segment> present = new LinkedHashSet<>();
        List<SegmentRow> unknown = new ArrayList<>();
        for (SegmentRow row : rows) {
            present.add(row.segment());
            if (!facts.containsKey(row.segment())) {
                unknown.add(row);
            }
        }
        facts.keySet().retainAll(present);
        return unknown;
    }

    void known(Segment segment, SegmentFacts found) {
        facts.put(segment, found);
    }

    @Nullable
    SegmentFacts factsOf(SegmentRow row) {
        return facts.get(row.segment());
    }

    void clear() {
        facts.clear();
    }

    Decision decide(List<SegmentRow> rows) {
        List<Part> parts = new ArrayList<>(rows.size());
        for (SegmentRow row : rows) {
            SegmentFacts known = facts.get(row.segment());
            if (known == null) {
                break;
            }
            parts.add(new Part(
                    row.baseOffset(),
                    row.endOffset(),
                    row.lengthBytes(),
                    known.maxTimestampMs(),
                    known.firstTimestampMs(),
                    known.compactedEnd()));
        }
        return CompactionRules.decide(
                parts, log.config().compaction(), log.host().loop().clock().wallMs());
    }
}
