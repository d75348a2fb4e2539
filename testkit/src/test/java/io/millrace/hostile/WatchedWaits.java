package io.millrace.hostile;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * Some of the fetches that wait as they asked: each must be answered when the time that it named is over. JoinGroup is not watched:
 * it waits for as long as the most patient member of its group asked, which here is any number. Thread-safe.
 */
final class WatchedWaits {

    private static final int MAX_WATCHED = 64;
    private static final int LONGEST_WAIT_MS = 12_000;
    private static final int GRACE_MS = 15_000;

    private final Semaphore room = new Semaphore(MAX_WATCHED);
    private final Phaser open = new Phaser(1);
    private final OutcomeTable table;
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger late = new AtomicInteger();

    WatchedWaits(OutcomeTable table) {
        this.table = table;
    }

    /** Whether {@code socket} is watched, and closed, from here on. */
    boolean take(Mutant mutant, Socket socket, DataInputStream in) {
        int waitMs = askedMs(mutant);
        if (waitMs < 0 || waitMs > LONGEST_WAIT_MS || !room.tryAcquire()) {
            return false;
        }
        open.register();
        Thread.ofVirtual().start(() -> watch(mutant, socket, in, waitMs));
        return true;
    }

    private void watch(Mutant mutant, Socket socket, DataInputStream in, int waitMs) {
        try (socket) {
            socket.setSoTimeout(waitMs + GRACE_MS);
            in.readNBytes(in.readInt());
            answered.incrementAndGet();
        } catch (SocketTimeoutException unanswered) {
            late.incrementAndGet();
            table.bug("asked to wait " + waitMs + " ms, and no answer " + GRACE_MS + " ms after that", mutant);
        } catch (IOException closed) {
            answered.incrementAndGet(); // dropped with a reason: not left waiting
        } finally {
            room.release();
            open.arriveAndDeregister();
        }
    }

    /** How long the request may wait by its own words; -1 when that is not known. */
    private static int askedMs(Mutant mutant) {
        try {
            var bytes = mutant.request();
            RequestHeader header = RequestHeader.parse(bytes);
            if (header.apiKey() != ApiKeys.FETCH) {
                return -1;
            }
            return Math.max(0, new FetchRequestData(new ByteBufferAccessor(bytes), header.apiVersion()).maxWaitMs());
        } catch (RuntimeException malformed) {
            return -1;
        }
    }

    /** Waits for the last; a line for the report. */
    String end() {
        open.arriveAndAwaitAdvance();
        return answered + " of " + (answered.get() + late.get()) + " watched waits ended in time";
    }

    int late() {
        return late.get();
    }
}
