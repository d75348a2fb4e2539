package io.millrace.broker.producerid;

import io.millrace.protocol.ErrorCode;
import io.millrace.replication.controller.Controller;
import io.millrace.replication.controller.ControllerAnswer;
import io.millrace.replication.controller.ControllerCommand;
import io.millrace.replication.controller.ControllerCommand.ProducerIdBlock;
import io.millrace.runtime.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Hands out producer ids, each once in the cluster's life, from blocks that the controller made durable before use (KIP-730).
 * Owned by the control loop; {@link #next} posts to it.
 */
public final class ProducerIds {

    /** Requests waiting for a block; one more is told to come again. */
    private static final int MAX_WAITING = 10_000;

    /** Told on the asker's loop. */
    interface Answer {

        void allocated(long producerId);

        void refused(ErrorCode error);
    }

    private record Waiting(EventLoop loop, Answer answer) {}

    private final EventLoop controlLoop;
    private final Controller controller;
    private final int brokerId;
    private final long brokerEpoch;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private long nextId;
    private long endId;
    private boolean allocating;

    public ProducerIds(EventLoop controlLoop, Controller controller, int brokerId, long brokerEpoch) {
        this.controlLoop = controlLoop;
        this.controller = controller;
        this.brokerId = brokerId;
        this.brokerEpoch = brokerEpoch;
    }

    /** From any loop. */
    void next(EventLoop loop, Answer answer) {
        controlLoop.post(() -> {
            if (waiting.size() >= MAX_WAITING) {
                loop.post(() -> answer.refused(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS));
                return;
            }
            waiting.add(new Waiting(loop, answer));
            serve();
        });
    }

    private void serve() {
        while (nextId < endId && !waiting.isEmpty()) {
            Waiting first = waiting.remove();
            long id = nextId++;
            first.loop().post(() -> first.answer().allocated(id));
        }
        if (!waiting.isEmpty() && !allocating) {
            allocating = true;
            controller.submit(new ControllerCommand.AllocateProducerIds(brokerId, brokerEpoch), this::allocated);
        }
    }

    private void allocated(ControllerAnswer<ProducerIdBlock> answer) {
        allocating = false;
        switch (answer) {
            case ControllerAnswer.Done<ProducerIdBlock>(var block) -> {
                nextId = block.firstProducerId();
                endId = nextId + block.count();
                serve();
            }
            case ControllerAnswer.Failed<ProducerIdBlock> failed -> {
                while (!waiting.isEmpty()) {
                    Waiting first = waiting.remove();
                    first.loop().post(() -> first.answer().refused(failed.error()));
                }
            }
        }
    }
}
