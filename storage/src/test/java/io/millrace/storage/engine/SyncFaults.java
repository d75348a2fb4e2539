package io.millrace.storage.engine;

import io.millrace.storage.disk.DiskException.Kind;
import java.nio.file.Path;

/** Which sync of a {@link FaultDisk} fails: at most one by its place, and one by its number. */
final class SyncFaults {

    private long at = Long.MAX_VALUE;
    private String pathEnd = "";
    private Kind kind = Kind.FAILED;
    private long syncs;
    private long number = Long.MAX_VALUE;
    private String failed = "";

    /** The first sync from that operation on fails, and what it should have kept is gone; the next one succeeds. */
    void failAt(long operation) {
        at = operation;
        pathEnd = "";
        kind = Kind.FAILED;
    }

    /** The next sync of a path that ends like this fails so, and loses bytes. */
    void failOf(String end, Kind how) {
        at = 0;
        pathEnd = end;
        kind = how;
    }

    /** The sync with this number fails, as {@link #failAt} says. */
    void failNumber(long which) {
        number = which;
    }

    /** Whether nothing is left that would fail by its place. */
    boolean isSpent() {
        return at == Long.MAX_VALUE;
    }

    /** What was made to fail by its number; empty as long as nothing was. */
    String failed() {
        return failed;
    }

    /** Counts a sync; whether it is the one that fails. The next one then does not. */
    boolean strikes(String what, Path path, long operation) {
        boolean numbered = ++syncs == number;
        if (numbered) {
            failed = what + " " + path;
        }
        boolean strikes = numbered || (operation >= at && path.toString().endsWith(pathEnd));
        if (strikes) {
            at = Long.MAX_VALUE;
        }
        return strikes;
    }

    /** How it fails. */
    Kind kind() {
        return kind;
    }
}
