package io.millrace.broker.produce;

import io.millrace.broker.metrics.Meter;
import io.millrace.broker.metrics.Readings;
import io.millrace.protocol.Uuid;
import io.millrace.protocol.compress.DecompressionLimits;
import io.millrace.protocol.record.BatchValidator;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.replication.replica.ShardReplicas;
import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Workers;
import io.millrace.storage.CheckedBatches;
import io.millrace.storage.append.BatchChecker;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What comes before the {@link AppendQueue} of one shard: compressed batches that unpack to much are looked into by workers, so that
 * the shard goes on with everything else. Owned by the shard's loop.
 *
 * <pre>
 *   not compressed, or unpacks to at most {@value #MAX_INLINE_UNPACKED_BYTES} bytes: checked here ---------> append queue
 *   else:  line of its partition --> at most {@value #MAX_IN_FLIGHT} at workers --> posted back --> line --> append queue
 * </pre>
 *
 * Invariant: the appends of a partition enter the append queue in the order in which they came here. While a partition has a line,
 * all that is for it goes through the line; checks of one line may run beside each other and end in any order.
 *
 * <p>What cannot be at a worker yet waits here, bounded by the network's bounds on requests in flight, at which producers are not
 * read any more. A check holds its own reference to the batch: the request may be given up meanwhile.
 */
final class CheckQueue {

    /** Checks of one shard that workers have at a time. */
    static final int MAX_IN_FLIGHT = 4;

    /** Compressed bytes above this go to a worker untried: most unpack to more than is unpacked here. */
    static final int MAX_INLINE_BYTES = 16 * 1024;

    /** Unpacked bytes at which the shard gives up and a worker begins anew. */
    static final int MAX_INLINE_UNPACKED_BYTES = 64 * 1024;

    private static final DecompressionLimits INLINE_LIMITS =
            new DecompressionLimits(MAX_INLINE_UNPACKED_BYTES, DecompressionLimits.DEFAULT.maxRatio());

    /** A request of which one slot is to be checked and appended. */
    interface Request extends AppendQueue.Request {

        Place place(int slot);

        /** The slot's batch; held by the request until its append, or {@link #giveUp}. */
        ByteBuf batch(int slot);

        /** By what the slot's batch is checked; null when its append will be refused anyhow. */
        @Nullable
        ValidationRules rules(int slot, ShardReplicas replicas);

        /** What its append may rely on. */
        void checked(int slot, CheckedBatches found);

        /** The check broke: a defect. The slot is not appended. */
        void broken(int slot, RuntimeException defect);
    }

    /** A partition. */
    record Place(Uuid topicId, int partition) {}

    private final EventLoop loop;
    private final ShardReplicas replicas;
    private final AppendQueue appends;
    private final Workers workers;
    private final BatchChecker inline = new BatchChecker(new BatchValidator());
    private final Map<Place, Deque<Check>> lines = new HashMap<>();
    private final Deque<Check> unsubmitted = new ArrayDeque<>();
    /** Not at a worker now; each keeps a window and native memory. */
    private final Deque<BatchChecker> idleCheckers = new ArrayDeque<>();

    private int inFlight;
    private long checks;
    private boolean closed;

    CheckQueue(EventLoop loop, ShardReplicas replicas, AppendQueue appends, Workers workers) {
        this.loop = loop;
        this.replicas = replicas;
        this.appends = appends;
        this.workers = workers;
    }

    private enum State {
        /** Its turn at a worker is to come. */
        WAITING,
        AT_WORKER,
        /** To be appended once it is first of its line. */
        READY,
        /** Given up. */
        GONE
    }

    /** One slot in a line. Owned by the loop; {@link #run} by the worker between two posts. */
    private final class Check implements Runnable {

        private final Request request;
        private final int slot;
        private final long nowMs = loop.clock().wallMs();
        private State state;
        private @Nullable ByteBuf held;
        private @Nullable ByteBuffer bytes;
        private @Nullable ValidationRules rules;
        private @Nullable BatchChecker checker;
        private @Nullable CheckedBatches found;
        private @Nullable RuntimeException defect;

        Check(Request request, int slot, @Nullable ValidationRules rules) {
            this.request = request;
            this.slot = slot;
            this.rules = rules;
            this.state = rules == null ? State.READY : State.WAITING;
        }

        void submit(BatchChecker free) {
            ByteBuf batch = request.batch(slot).retain();
            held = batch;
            bytes = batch.nioBuffer();
            checker = free;
            state = State.AT_WORKER;
            inFlight++;
            checks++;
            if (!workers.offer(this)) {
                run(); // the workers have their bound for this shard's share too, so this is at the end of the process
                // only
            }
        }

        /** On a worker. */
        @Override
        public void run() {
            try {
                if (checker == null || bytes == null || rules == null) {
                    throw new IllegalStateException("a check was handed over without its parts");
                }
                found = checker.check(bytes, rules, nowMs, new CheckedBatches());
            } catch (RuntimeException e) {
                defect = e;
            } finally {
                post();
            }
        }

        private void post() {
            try {
                loop.post(this::over);
            } catch (RejectedExecutionException ended) {
                letGo(); // with its loop; nobody waits for the answer
            }
        }

        private void over() {
            inFlight--;
            letGo();
            if (checker != null) {
                giveBack(checker);
                checker = null;
            }
            if (state == State.AT_WORKER) {
                settle();
            }
            submitMore();
            drain(request.place(slot));
        }

        private void settle() {
            state = State.READY;
            if (found != null) {
                request.checked(slot, found);
            } else {
                state = State.GONE;
                request.broken(slot, defect == null ? new IllegalStateException("a check did not end") : defect);
            }
        }

        private void letGo() {
            ByteBuf batch = held;
            held = null;
            bytes = null;
            if (batch != null) {
                batch.release();
            }
        }
    }

    /** Appends the slot, once it was checked and what came before it for the same partition went ahead. */
    void take(Request request, int slot) {
        boolean packed = ProducedBatch.isCompressed(request.batch(slot));
        if (!packed && lines.isEmpty()) {
            appends.append(request, slot);
            return;
        }
        ValidationRules rules = packed ? request.rules(slot, replicas) : null;
        if (rules != null && !rules.looksIntoRecords()) {
            rules = null;
        }
        Place place = request.place(slot);
        Deque<Check> line = lines.get(place);
        if (line == null) {
            if (rules == null || isCheckedHere(request, slot, rules)) {
                appends.append(request, slot);
                return;
            }
            line = new ArrayDeque<>();
            lines.put(place, line);
        }
        Check check = new Check(request, slot, rules);
        line.add(check);
        if (rules != null) {
            unsubmitted.add(check);
            submitMore();
        }
    }

    /** Whether the batch unpacked, or failed to, within what a shard has time for. */
    private boolean isCheckedHere(Request request, int slot, ValidationRules rules) {
        ByteBuf batch = request.batch(slot);
        if (batch.readableBytes() > MAX_INLINE_BYTES) {
            return false;
        }
        CheckedBatches found = inline.check(
                batch.nioBuffer(),
                rules.withDecompression(INLINE_LIMITS),
                loop.clock().wallMs(),
                new CheckedBatches());
        if (found.unpackLimitMet()) {
            return false;
        }
        request.checked(slot, found);
        return true;
    }

    private void submitMore() {
        while (inFlight < MAX_IN_FLIGHT && !unsubmitted.isEmpty()) {
            Check next = unsubmitted.remove();
            BatchChecker idle = idleCheckers.poll();
            next.submit(idle == null ? new BatchChecker(new BatchValidator()) : idle);
        }
    }

    private void giveBack(BatchChecker checker) {
        if (closed) {
            checker.close();
        } else {
            idleCheckers.push(checker);
        }
    }

    private void drain(Place place) {
        Deque<Check> line = lines.get(place);
        if (line == null) {
            return;
        }
        Check first;
        while ((first = line.peek()) != null && (first.state == State.READY || first.state == State.GONE)) {
            line.remove();
            if (first.state == State.READY) {
                appends.append(first.request, first.slot);
            }
        }
        if (line.isEmpty()) {
            lines.remove(place);
        }
    }

    /**
     * Gives up what was not appended yet of {@code request}: its client is gone. What stands behind it goes on in a later turn:
     * on the connection's own loop its other requests are withdrawn in this one, and none of them may be appended without those
     * before it.
     */
    @SuppressWarnings("ReferenceEquality") // this very request
    void withdraw(Request request) {
        lines.forEach((place, line) -> {
            boolean any = false;
            for (Check each : line) {
                if (each.request == request && each.state != State.GONE) {
                    unsubmitted.remove(each);
                    each.state = State.GONE;
                    request.giveUp(each.slot);
                    any = true;
                }
            }
            if (any) {
                drainLater(place);
            }
        });
        appends.withdraw(request);
    }

    private void drainLater(Place place) {
        try {
            loop.post(() -> drain(place));
        } catch (RejectedExecutionException ended) {
            return; // with its loop; nobody waits for the answers
        }
    }

    /** Frees native memory; what is at workers frees its own when it comes back. */
    void close() {
        closed = true;
        inline.close();
        idleCheckers.forEach(BatchChecker::close);
        idleCheckers.clear();
    }

    /** What is known here and in the queue behind. */
    void meters(Readings into) {
        into.add(Meter.CHECKS_WAITING, size());
        into.add(Meter.CHECKS, checks);
        into.add(Meter.APPENDS_WAITING, appends.size());
        into.add(Meter.APPEND_WAITS, appends.waits());
        into.add(Meter.APPENDS_EXPIRED, appends.expired());
    }

    /** Slots that wait in lines. */
    int size() {
        return lines.values().stream().mapToInt(Deque::size).sum();
    }
}
