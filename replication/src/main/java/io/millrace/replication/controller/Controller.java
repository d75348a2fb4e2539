package io.millrace.replication.controller;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import io.millrace.replication.metadata.MetadataDelta;
import io.millrace.replication.metadata.MetadataFault;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.replication.metadata.MetadataReplay;
import io.millrace.replication.metadatalog.MetadataBatch;
import io.millrace.replication.metadatalog.MetadataLog;
import io.millrace.replication.metadatalog.MetadataLogException;
import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Randomness;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The controller of the cluster: a bounded queue of commands in front of {@link ControllerMachine}, the metadata log behind
 * it. Owned by the control loop; {@link #submit} may be called from any thread.
 *
 * <pre>
 * submit -> queue -> decide, replay (all that waits, up to a bound) -> one append, one sync
 *                                                                        |
 *                  answers in order  <-  publish image and delta  <-  committed
 * </pre>
 *
 * <p>One append is in flight at a time; what arrives meanwhile forms the next one, so the running sync is the batching
 * window. The machine's state runs ahead of the log only while an append is in flight, and every answer of that round waits
 * for it, refusals too: nobody learns of a state that may not survive.
 *
 * <p>Invariants: {@code published <= committed <= machine}; an answered command's records are durable and published. A log
 * failure or a record that cannot be replayed ends the controller, and its {@link FatalListener} must end the process.
 */
public final class Controller implements MetadataLog.Listener {

    /** Told once, on the control loop, when the controller cannot go on: the process must stop. */
    @FunctionalInterface
    public interface FatalListener {
        void fatal(String message);
    }

    private static final int MAX_COMMANDS_PER_APPEND = 500;
    private static final int MAX_RECORDS_PER_APPEND = 5_000;

    private enum State {
        NEW,
        STARTING,
        FOLLOWING,
        LEADING,
        ENDED
    }

    /** A command and whom to tell. */
    private record Waiting<A>(ControllerCommand<A> command, Consumer<ControllerAnswer<A>> answer) {}

    private final EventLoop controlLoop;
    private final MetadataLog log;
    private final ControllerSettings settings;
    private final ControllerMachine machine;
    private final MetadataPublisher publisher;
    private final FatalListener fatal;
    private final AtomicInteger queued = new AtomicInteger();
    private final ArrayDeque<Waiting<?>> queue = new ArrayDeque<>();
    private State state = State.NEW;
    private int term;
    private MetadataImage committed = MetadataImage.EMPTY;
    private @Nullable Round round;
    private @Nullable Consumer<ControllerStart> ready;

    /** The append in flight, and what to do once its outcome is known. */
    private record Round(
            List<Message> records, MetadataImage after, List<Runnable> answers, List<Waiting<?>> commands) {}

    public Controller(
            EventLoop controlLoop,
            MetadataLog log,
            ControllerSettings settings,
            ConfigSchema schema,
            Randomness ids,
            MetadataPublisher publisher,
            FatalListener fatal) {
        this.controlLoop = controlLoop;
        this.log = log;
        this.settings = settings;
        this.machine = new ControllerMachine(settings, schema, ids);
        this.publisher = publisher;
        this.fatal = fatal;
    }

    /** Replays the log and, if it is new, writes its first records; then {@code ready} is told. Control loop, once. */
    public void start(Consumer<ControllerStart> ready) {
        controlLoop.checkOwned();
        if (state != State.NEW) {
            throw new IllegalStateException("the controller was started before");
        }
        this.ready = ready;
        state = State.STARTING;
        log.start(this);
    }

    /**
     * Carries out a command. Any thread.
     *
     * @param answer told once, on the control loop, after the new image was published
     */
    public <A> void submit(ControllerCommand<A> command, Consumer<ControllerAnswer<A>> answer) {
        int limit = settings.limits().maxQueuedCommands();
        if (queued.incrementAndGet() > limit) {
            queued.decrementAndGet();
            String message = limit + " controller commands wait already; try again";
            controlLoop.post(
                    () -> answer.accept(new ControllerAnswer.Failed<>(ErrorCode.THROTTLING_QUOTA_EXCEEDED, message)));
            return;
        }
        controlLoop.post(() -> {
            queue.add(new Waiting<>(command, answer));
            nextRound();
        });
    }

    /** Commands accepted and not yet answered. Any thread. */
    public int queuedCommands() {
        return queued.get();
    }

    /** Lets the append in flight finish, fails what waits, and closes the log. Control loop, once. */
    public void close(Runnable closed) {
        controlLoop.checkOwned();
        State before = state;
        state = State.ENDED;
        failRound(ErrorCode.NOT_CONTROLLER, "the controller stops; whether the change was made is unknown");
        failQueue(ErrorCode.NOT_CONTROLLER, "the controller stops");
        if (before == State.NEW) {
            closed.run();
        } else {
            log.close(closed);
        }
    }

    @Override
    public void restored(List<Message> snapshotRecords, long endOffset) {
        guarded(() -> {
            MetadataImage image =
                    MetadataReplay.restored(MetadataReplay.replay(MetadataImage.EMPTY, snapshotRecords), endOffset);
            committed = image;
            machine.reset(image);
            publisher.publish(image, MetadataDelta.full(image));
        });
    }

    @Override
    public void committed(MetadataBatch batch) {
        if (state == State.ENDED) {
            return;
        }
        guarded(() -> {
            if (batch.baseOffset() != committed.endOffset()) {
                throw new MetadataFault("records committed at offset " + batch.baseOffset() + " do not follow offset "
                        + committed.endOffset());
            }
            Round mine = round;
            if (mine != null && batch.records().equals(mine.records())) {
                round = null;
                advance(mine.after(), batch);
                mine.answers().forEach(Runnable::run);
            } else {
                machine.replay(batch.records());
                advance(machine.image(), batch);
            }
        });
        if (state == State.LEADING && round == null) {
            if (log.snapshotDue()) {
                log.snapshot(committed);
            }
            nextRound();
        }
    }

    private void advance(MetadataImage after, MetadataBatch batch) {
        MetadataDelta delta = MetadataDelta.of(committed, after, batch.records());
        committed = after;
        publisher.publish(after, delta);
    }

    @Override
    public void leading(int term) {
        this.term = term;
        state = State.LEADING;
        guarded(() -> {
            String clusterId = committed.clusterId();
            if (clusterId == null) {
                List<Message> first = machine.firstRecords();
                machine.replay(first);
                append(new Round(first, machine.image(), List.of(this::tellReady), List.of()));
            } else if (clusterId.equals(settings.clusterId())) {
                tellReady();
                nextRound();
            } else {
                end(new MetadataLogException(
                        MetadataLogException.Kind.FOREIGN,
                        "the metadata log belongs to cluster " + clusterId + ", the data folder to "
                                + settings.clusterId() + "; put the two back together that belong together"));
            }
        });
    }

    @Override
    public void resigned() {
        state = State.FOLLOWING;
        machine.reset(committed);
        failRound(ErrorCode.NOT_CONTROLLER, "another process leads now; whether the change was made is unknown");
        failQueue(ErrorCode.NOT_CONTROLLER, "another process leads now");
    }

    @Override
    public void appendRefused(MetadataLogException reason) {
        machine.reset(committed);
        if (ready != null) {
            end(reason);
            return;
        }
        failRound(ErrorCode.KAFKA_STORAGE_ERROR, String.valueOf(reason.getMessage()));
        nextRound();
    }

    @Override
    public void failed(MetadataLogException reason) {
        end(reason);
    }

    /** Decides all that waits, up to a bound, and appends it; answers at once what needs no append. */
    private void nextRound() {
        if (state == State.ENDED || state == State.FOLLOWING) {
            failQueue(ErrorCode.NOT_CONTROLLER, "this process is not the active controller");
            return;
        }
        if (state != State.LEADING || round != null || queue.isEmpty()) {
            return;
        }
        guarded(() -> {
            List<Message> records = new ArrayList<>();
            List<Runnable> answers = new ArrayList<>();
            List<Waiting<?>> commands = new ArrayList<>();
            while (!queue.isEmpty()
                    && commands.size() < MAX_COMMANDS_PER_APPEND
                    && records.size() < MAX_RECORDS_PER_APPEND) {
                Waiting<?> next = queue.remove();
                commands.add(next);
                answers.add(decide(next, records));
            }
            if (records.isEmpty()) {
                answers.forEach(Runnable::run);
                // Not a loop: answers may have submitted more, and other work of the control loop comes first.
                controlLoop.post(this::nextRound);
            } else {
                append(new Round(List.copyOf(records), machine.image(), answers, commands));
            }
        });
    }

    private <A> Runnable decide(Waiting<A> waiting, List<Message> records) {
        Decision<A> decision = machine.decide(waiting.command());
        machine.replay(decision.records());
        records.addAll(decision.records());
        return () -> answer(waiting, decision.answer());
    }

    private void append(Round next) {
        round = next;
        log.append(term, committed.endOffset(), next.records());
    }

    private <A> void answer(Waiting<A> waiting, ControllerAnswer<A> answer) {
        queued.decrementAndGet();
        waiting.answer().accept(answer);
    }

    private <A> void fail(Waiting<A> waiting, ErrorCode error, String message) {
        answer(waiting, new ControllerAnswer.Failed<>(error, message));
    }

    private void failRound(ErrorCode error, String message) {
        Round failed = round;
        round = null;
        if (failed != null) {
            failed.commands().forEach(each -> fail(each, error, message));
        }
    }

    private void failQueue(ErrorCode error, String message) {
        while (!queue.isEmpty()) {
            fail(queue.remove(), error, message);
        }
    }

    private void tellReady() {
        Consumer<ControllerStart> told = ready;
        ready = null;
        if (told != null) {
            told.accept(new ControllerStart.Ready(committed));
        }
    }

    /** A broken invariant of the state machine ends the controller: state that cannot be true must not be built upon. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (MetadataFault fault) {
            end(new MetadataLogException(
                    MetadataLogException.Kind.CORRUPT,
                    "the controller met a state that cannot be: " + fault.getMessage(),
                    fault));
        }
    }

    private void end(MetadataLogException reason) {
        if (state == State.ENDED) {
            return;
        }
        state = State.ENDED;
        String message = String.valueOf(reason.getMessage());
        Consumer<ControllerStart> told = ready;
        ready = null;
        failRound(ErrorCode.KAFKA_STORAGE_ERROR, message + "; whether the change was made is unknown");
        failQueue(ErrorCode.KAFKA_STORAGE_ERROR, message);
        if (told != null) {
            told.accept(new ControllerStart.Refused(reason));
        } else {
            fatal.fatal(message);
        }
    }
}
