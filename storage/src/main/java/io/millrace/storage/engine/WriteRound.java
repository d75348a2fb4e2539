package io.millrace.storage.engine;

import io.millrace.storage.disk.DiskException;
import io.millrace.storage.log.FileOutcome;
import io.millrace.storage.log.FileWork;
import io.millrace.storage.log.JournaledLog;
import io.millrace.storage.log.Quarantine;
import io.millrace.storage.segment.SegmentDamagedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of file work of several logs that go to the write-behind lane together, at most one of each log. Owned by the shard
 * loop; only {@link #perform} runs on the lane, and nothing is added after that.
 */
final class WriteRound {

    /**
     * What became of a round.
     *
     * @param outcomes in the order of the works; null for what was left for a failure that {@link #passes}, and missing from
     *     the work on that met any other
     * @param failure the one that does not pass, or else the first
     */
    record Outcomes(
            List<@Nullable FileOutcome> outcomes, @Nullable DiskException failure) {}

    static final int MAX_WORKS = 256;

    private final List<FileWork> works = new ArrayList<>();
    private final List<JournaledLog> logs = new ArrayList<>();

    boolean isEmpty() {
        return works.isEmpty();
    }

    boolean isFull() {
        return works.size() >= MAX_WORKS;
    }

    /** Adds what is due next for the log, if anything; returns the bytes that it writes. */
    int add(JournaledLog log, int maxBytes) {
        FileWork work = log.files().next(maxBytes);
        if (work == null) {
            return 0;
        }
        works.add(work);
        logs.add(log);
        return writtenBytes(work);
    }

    private static int writtenBytes(FileWork work) {
        return work instanceof FileWork.Write write ? write.sizeBytes() : 0;
    }

    /**
     * On the lane. Stops at the first failure, but for one that passes: then it leaves out writes only, for all else needs no
     * space, and may be the very work that makes some. What was left is planned again.
     */
    Outcomes perform(SegmentWriters writers) {
        List<@Nullable FileOutcome> outcomes = new ArrayList<>(works.size());
        @Nullable DiskException first = null;
        for (FileWork work : works) {
            if (first != null && work instanceof FileWork.Write) {
                outcomes.add(null);
                continue;
            }
            try {
                outcomes.add(writers.run(work));
            } catch (DiskException e) {
                if (!passes(e)) {
                    return new Outcomes(outcomes, e);
                }
                outcomes.add(null);
                first = first == null ? e : first;
            }
        }
        return new Outcomes(outcomes, first);
    }

    /** Nothing was lost and it may work later: no space, or no free file descriptor. */
    static boolean passes(DiskException failure) {
        return failure.kind() == DiskException.Kind.FULL || failure.kind() == DiskException.Kind.TOO_MANY_OPEN_FILES;
    }

    int size() {
        return works.size();
    }

    JournaledLog log(int index) {
        return logs.get(index);
    }

    /**
     * Tells a log what became of its work.
     *
     * @param outcomes null when the lane could not carry out the round
     * @return the bytes that were written
     */
    int deliver(int index, @Nullable Outcomes outcomes) {
        FileOutcome outcome =
                outcomes == null || index >= outcomes.outcomes.size() ? null : outcomes.outcomes.get(index);
        logs.get(index).files().done(outcome);
        return outcome == null ? 0 : writtenBytes(works.get(index));
    }

    /**
     * Whether the round failed for a segment, to be written to or cut, that is damaged. Its log takes no more; what it has still
     * goes to another segment, and a cut ends here.
     */
    boolean metDamageOfOneLog(@Nullable Outcomes outcomes, DiskException failure) {
        if (outcomes == null || !(SegmentDamagedException.isCauseOf(failure) || SegmentFault.isCauseOf(failure))) {
            return false;
        }
        int failed = outcomes.outcomes.size();
        JournaledLog log = logs.get(failed);
        if (!log.files().metDamage(works.get(failed))) {
            return false;
        }
        log.quarantine().found(failure, Quarantine.FoundBy.WRITE);
        return true;
    }

    /** Logs that still have much in their tail, or further duties, come again without waiting for their next append. */
    void wishAgain() {
        for (int i = 0; i < logs.size(); i++) {
            logs.get(i).files().wishAgain();
        }
    }
}
