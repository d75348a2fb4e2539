package io.millrace.simulation.group;

import io.millrace.broker.coordinator.group.classic.JoinCall;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.HeartbeatRequest;
import io.millrace.protocol.message.HeartbeatResponse;
import io.millrace.protocol.message.JoinGroupRequest;
import io.millrace.protocol.message.JoinGroupResponse;
import io.millrace.protocol.message.LeaveGroupRequest;
import io.millrace.protocol.message.LeaveGroupResponse;
import io.millrace.protocol.message.OffsetCommitRequest;
import io.millrace.protocol.message.SyncGroupRequest;
import io.millrace.protocol.message.SyncGroupResponse;
import io.millrace.simulation.SimRandom;
import io.millrace.simulation.SimScheduler;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A consumer as its protocol makes it behave: joins, assigns if it leads, sends heartbeats, reads its offsets, works and commits.
 * Owner: the simulation's thread.
 *
 * <pre>
 * OUT --join--> JOINING --generation--> SYNCING --assignment--> WORKING --rebalance, fenced--> JOINING
 * any --stop, die--> DEAD (dead ones may wake from a pause and go on as zombies: they are WORKING all the time)
 * </pre>
 */
final class SimMember {

    static final String GROUP = "g";
    static final String TOPIC = "t";

    /** The process's fixed traits. */
    record Traits(String name, @Nullable String instanceId, boolean cooperative, int sessionMs, int rebalanceMs) {}

    static final long CALL_MS = 5_000;
    private static final int HEARTBEAT_MS = 1_000;
    private static final int COMMIT_MS = 700;
    private static final int RETRY_MS = 200;

    private final Traits traits;
    private final SimScheduler scheduler;
    private final SimLink link;
    private final GroupHistory history;
    private final int partitions;

    private String memberId = "";
    private int generation = -1;
    private boolean working;
    private boolean dead;
    private long pausedUntilNs;
    /** Moves with every start of a join, so that what an earlier one set going stops. */
    private int round;

    private Set<Integer> owned = new LinkedHashSet<>();
    private final SimWork work;

    SimMember(
            Traits traits,
            SimScheduler scheduler,
            SimRandom random,
            SimLink link,
            GroupHistory history,
            int partitions) {
        this.traits = traits;
        this.scheduler = scheduler;
        this.link = link;
        this.history = history;
        this.partitions = partitions;
        this.work = new SimWork(random, link, history);
    }

    Traits traits() {
        return traits;
    }

    SimLink link() {
        return link;
    }

    boolean isDead() {
        return dead;
    }

    boolean isWorking() {
        return working && !dead;
    }

    Set<Integer> owned() {
        return owned;
    }

    int generation() {
        return generation;
    }

    /** Who owns what it owns: a static member is the same over its restarts. */
    private String owner() {
        String instance = traits.instanceId();
        return instance == null ? memberId : instance;
    }

    void start() {
        join();
    }

    /** Does nothing at all for so long, then goes on as if nothing had happened. */
    void pause(long ms) {
        pausedUntilNs = scheduler.nowNs() + ms * 1_000_000;
    }

    void die() {
        dead = true;
        working = false;
        round++;
        link.cut();
    }

    void leave() {
        if (!memberId.isEmpty() && traits.instanceId() == null) {
            LeaveGroupRequest request = new LeaveGroupRequest()
                    .groupId(GROUP)
                    .members(List.of(new LeaveGroupRequest.MemberIdentity().memberId(memberId)));
            link.<LeaveGroupResponse>call(
                    CALL_MS,
                    true,
                    (groups, answer) -> groups.classic().leave(request, answer),
                    error -> new LeaveGroupResponse().errorCode(error.code()),
                    response -> link.cut());
        }
        dead = true;
        working = false;
        round++;
    }

    private void later(long ms, Runnable task) {
        int present = round;
        scheduler.after(ms * 1_000_000, traits.name(), () -> {
            if (dead || present != round) {
                return;
            }
            if (scheduler.nowNs() < pausedUntilNs) {
                later((pausedUntilNs - scheduler.nowNs()) / 1_000_000 + 1, task);
            } else {
                task.run();
            }
        });
    }

    private void join() {
        round++;
        working = false;
        if (!traits.cooperative()) {
            owned = new LinkedHashSet<>();
        }
        int present = round;
        JoinGroupRequest request = new JoinGroupRequest()
                .groupId(GROUP)
                .memberId(memberId)
                .groupInstanceId(traits.instanceId())
                .protocolType("consumer")
                .sessionTimeoutMs(traits.sessionMs())
                .rebalanceTimeoutMs(traits.rebalanceMs());
        for (String protocol : traits.cooperative() ? List.of("cooperative", "range") : List.of("range")) {
            request.protocols()
                    .add(new JoinGroupRequest.JoinGroupRequestProtocol()
                            .name(protocol)
                            .metadata(Partitions.encode(owned, generation)));
        }
        link.<JoinGroupResponse>call(
                traits.rebalanceMs() + CALL_MS,
                true,
                (groups, answer) -> groups.classic()
                        .join(new JoinCall(request, new JoinCall.Client(traits.name(), "/sim"), true, true, answer)),
                error -> new JoinGroupResponse().errorCode(error.code()).memberId(request.memberId()),
                response -> {
                    if (!dead && present == round) {
                        joined(response);
                    }
                });
    }

    private void joined(@Nullable JoinGroupResponse response) {
        if (response == null) {
            later(RETRY_MS, this::join);
            return;
        }
        switch (ErrorCode.of(response.errorCode())) {
            case NONE -> {
                memberId = response.memberId();
                generation = response.generationId();
                history.joined(generation, owner());
                boolean assigns = response.leader().equals(memberId) && !response.skipAssignment();
                sync(response, assigns ? Assignor.assign(response, partitions) : Map.of());
            }
            case MEMBER_ID_REQUIRED -> {
                memberId = response.memberId();
                join();
            }
            case UNKNOWN_MEMBER_ID -> forget();
            case FENCED_INSTANCE_ID -> die();
            default -> later(RETRY_MS, this::join);
        }
    }

    /** The group has gone on without this member: nothing it owned is its own any more. */
    private void forget() {
        memberId = "";
        lose();
        later(RETRY_MS, this::join);
    }

    private void lose() {
        generation = -1;
        owned = new LinkedHashSet<>();
        work.forget();
    }

    private void sync(JoinGroupResponse joined, Map<String, Set<Integer>> assignments) {
        int present = round;
        SyncGroupRequest request = new SyncGroupRequest()
                .groupId(GROUP)
                .memberId(memberId)
                .groupInstanceId(traits.instanceId())
                .generationId(generation)
                .protocolType("consumer")
                .protocolName(joined.protocolName());
        assignments.forEach((member, owns) -> request.assignments()
                .add(new SyncGroupRequest.SyncGroupRequestAssignment()
                        .memberId(member)
                        .assignment(Partitions.encode(owns, generation))));
        link.<SyncGroupResponse>call(
                traits.rebalanceMs() + CALL_MS,
                true,
                (groups, answer) -> groups.classic().sync(request, answer),
                error -> new SyncGroupResponse().errorCode(error.code()),
                response -> {
                    if (!dead && present == round) {
                        synced(joined, response);
                    }
                });
    }

    private void synced(JoinGroupResponse joined, @Nullable SyncGroupResponse response) {
        if (response == null) {
            later(RETRY_MS, this::join);
            return;
        }
        switch (ErrorCode.of(response.errorCode())) {
            case NONE -> take(Partitions.decode(response.assignment()));
            case UNKNOWN_MEMBER_ID -> forget();
            case ILLEGAL_GENERATION -> {
                lose();
                later(RETRY_MS, this::join);
            }
            case FENCED_INSTANCE_ID -> die();
            case INCONSISTENT_GROUP_PROTOCOL ->
                throw new GroupViolation(traits.name() + " named the protocol it was told, " + joined.protocolName()
                        + ", and was refused for it");
            default -> later(RETRY_MS, this::join);
        }
    }

    private void take(Set<Integer> assigned) {
        history.assigned(generation, owner(), assigned);
        boolean givesBack = !assigned.containsAll(owned);
        Set<Integer> fresh = new LinkedHashSet<>(assigned);
        if (traits.cooperative()) {
            fresh.removeAll(owned);
            work.keep(assigned);
        } else {
            work.forget();
        }
        owned = assigned;
        working = true;
        heartbeatLater();
        commitLater();
        fetch(fresh);
        if (traits.cooperative() && givesBack) {
            // What it gave back can go to others in the next generation (KIP-429).
            later(1, this::join);
        }
    }

    private void heartbeatLater() {
        later(HEARTBEAT_MS, this::heartbeat);
    }

    private void heartbeat() {
        int present = round;
        HeartbeatRequest request = new HeartbeatRequest()
                .groupId(GROUP)
                .memberId(memberId)
                .groupInstanceId(traits.instanceId())
                .generationId(generation);
        link.<HeartbeatResponse>call(
                CALL_MS,
                true,
                (groups, answer) -> answer.accept(new HeartbeatResponse()
                        .errorCode(groups.classic().heartbeat(request).code())),
                error -> new HeartbeatResponse().errorCode(error.code()),
                response -> {
                    if (dead || present != round) {
                        return;
                    }
                    switch (response == null ? ErrorCode.REQUEST_TIMED_OUT : ErrorCode.of(response.errorCode())) {
                        case REBALANCE_IN_PROGRESS -> join();
                        case UNKNOWN_MEMBER_ID -> forget();
                        case ILLEGAL_GENERATION -> {
                            lose();
                            join();
                        }
                        case FENCED_INSTANCE_ID -> die();
                        default -> heartbeatLater();
                    }
                });
    }

    private void fetch(Set<Integer> fresh) {
        int present = round;
        work.fetch(fresh, () -> !dead && present == round, () -> later(RETRY_MS, () -> fetch(fresh)));
    }

    private void commitLater() {
        later(COMMIT_MS, this::commit);
    }

    private void commit() {
        work.commit(
                new OffsetCommitRequest()
                        .groupId(GROUP)
                        .memberId(memberId)
                        .groupInstanceId(traits.instanceId())
                        .generationIdOrMemberEpoch(generation),
                owned);
        commitLater();
    }
}
