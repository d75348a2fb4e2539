package io.millrace.simulation.group;

import io.millrace.broker.config.GroupConfig;
import io.millrace.protocol.message.DescribeGroupsResponse;
import io.millrace.simulation.SimLoop;
import io.millrace.simulation.SimRandom;
import io.millrace.simulation.SimScheduler;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One run from one seed: trouble for a while, then none, and then the group must settle. Owner: the calling thread.
 *
 * <p>{@link GroupHistory} checks what is committed and told while it happens; here it is checked that the coordinator's memory is what
 * its log comes to, again and again, and that in the end every partition has one living owner in one generation.
 */
public final class GroupChurn {

    private static final int SESSION_MS = 6_000;
    private static final int REBALANCE_MS = 10_000;
    private static final int INITIAL_DELAY_MS = 1_000;
    private static final long MS = 1_000_000;
    /** The longest chain without faults: a pause, a session, a rebalance, another one for what was given back, calls timing out. */
    private static final int SETTLE_MS = 180_000;

    private static final int QUIET_MS = 20_000;
    /** The longest pause, and the longest delay behind it. */
    private static final int LAST_FAULT_MS = 40_000;

    private final long seed;
    private final SimRandom random;
    private final SimScheduler scheduler = new SimScheduler();
    private final SimLoop loop = new SimLoop("shard", scheduler);
    private final GroupHistory history = new GroupHistory();
    private final ChurnShape shape;
    private final SimOffsetsLog log;
    private final SimCoordinator coordinator;
    private final List<SimMember> members = new ArrayList<>();
    private int started;
    private int kills;

    /** What a run came to. */
    public record Result(int generations, long assignments, long commits, int kills, long traceHash) {}

    GroupChurn(long seed, SimOffsetsLog.Lie lie) {
        this.seed = seed;
        this.random = new SimRandom(seed);
        this.shape = ChurnShape.draw(random.split());
        this.log = new SimOffsetsLog(loop, random.split(), history, lie);
        this.coordinator = new SimCoordinator(scheduler, loop, random.split(), log, config());
    }

    /**
     * Runs one seed against the real coordinator on a true log.
     *
     * @throws GroupViolation naming the seed and what was broken
     */
    public static Result run(long seed) {
        return new GroupChurn(seed, SimOffsetsLog.Lie.NONE).run();
    }

    private static GroupConfig config() {
        GroupConfig defaults = GroupConfig.defaults();
        return new GroupConfig(
                defaults.offsetsTopic(),
                defaults.offsets(),
                new GroupConfig.Members(INITIAL_DELAY_MS, SESSION_MS, SESSION_MS * 10, 100),
                100);
    }

    Result run() {
        try {
            trouble();
            settle();
        } catch (GroupViolation | IllegalStateException e) {
            GroupViolation failed = new GroupViolation(
                    "seed " + seed + " after " + scheduler.nowNs() / MS + " ms, " + shape + ": " + e.getMessage());
            failed.initCause(e);
            throw failed;
        }
        return new Result(
                history.lastGeneration(),
                history.assignmentsTold(),
                history.commitsAcknowledged(),
                kills,
                scheduler.trace().value());
    }

    private void trouble() {
        coordinator.start();
        for (int i = 0; i < shape.members(); i++) {
            scheduler.after(random.between(0L, 10_000 * MS), "start", this::startMember);
        }
        scheduleKill();
        scheduleMemberFault();
        long endNs = shape.churnMs() * MS;
        while (scheduler.nowNs() < endNs) {
            scheduler.runFor(random.between(100L, 2_000L) * MS);
            coordinator.checkState();
        }
    }

    private void startCoordinator() {
        if (!coordinator.isUp()) {
            coordinator.start();
        }
    }

    private boolean inTrouble() {
        return scheduler.nowNs() < shape.churnMs() * MS;
    }

    private void scheduleKill() {
        if (shape.killEveryMs() > 0) {
            scheduler.after(random.between(1L, 2L * shape.killEveryMs()) * MS, "kill", () -> {
                if (!inTrouble()) {
                    return;
                }
                kills++;
                if (random.percent(70)) {
                    coordinator.kill();
                } else {
                    coordinator.resign();
                }
                scheduler.after(random.between(0L, 3_000L) * MS, "restart", this::startCoordinator);
                scheduleKill();
            });
        }
    }

    private void scheduleMemberFault() {
        if (shape.memberFaultEveryMs() > 0) {
            scheduler.after(random.between(1L, 2L * shape.memberFaultEveryMs()) * MS, "fault", () -> {
                if (inTrouble()) {
                    memberFault();
                    scheduleMemberFault();
                }
            });
        }
    }

    private void startMember() {
        int number = started++;
        String instanceId = shape.staticMembers() && random.percent(70) ? "i" + number : null;
        start(number, instanceId);
    }

    private void start(int number, @Nullable String instanceId) {
        SimMember.Traits traits = new SimMember.Traits(
                "m" + number + "." + members.size(),
                instanceId,
                shape.cooperative(),
                random.between(SESSION_MS, SESSION_MS * 2),
                random.between(REBALANCE_MS, REBALANCE_MS * 2));
        SimLink link = new SimLink(scheduler, random.split(), coordinator, inTrouble() ? shape.lossPercent() : 0);
        SimMember member = new SimMember(traits, scheduler, random.split(), link, history, shape.partitions());
        members.add(member);
        member.start();
    }

    private void memberFault() {
        List<SimMember> alive = members.stream().filter(each -> !each.isDead()).toList();
        if (alive.isEmpty()) {
            startMember();
            return;
        }
        SimMember victim = alive.get(random.nextInt(alive.size()));
        String instanceId = victim.traits().instanceId();
        switch (random.nextInt(instanceId == null ? 4 : 5)) {
            case 0 -> victim.die();
            case 1 -> victim.leave();
            case 2 -> victim.pause(random.between(500L, 30_000L));
            case 3 -> startMember();
            default -> {
                // The same member in a new process; the old one may live on and not know it.
                if (random.percent(60)) {
                    victim.die();
                }
                start(members.size(), instanceId);
            }
        }
    }

    private void settle() {
        log.heal();
        startCoordinator();
        members.forEach(member -> member.link().heal());
        // Pauses and delays that began before end by themselves.
        scheduler.runFor(LAST_FAULT_MS * MS);
        long endNs = scheduler.nowNs() + SETTLE_MS * MS;
        long settledNs = -1;
        while (settledNs < 0 || scheduler.nowNs() - settledNs < QUIET_MS * MS) {
            if (scheduler.nowNs() > endNs && settledNs < 0) {
                throw new GroupViolation("not settled " + SETTLE_MS + " ms after the last fault: " + unsettled());
            }
            scheduler.runFor(500 * MS);
            coordinator.checkState();
            String open = unsettled();
            if (open == null && settledNs < 0) {
                settledNs = scheduler.nowNs();
            } else if (open != null && settledNs >= 0) {
                throw new GroupViolation("settled and then unsettled without a fault: " + open);
            }
        }
    }

    /** What is not as it should be in the end; null when all is. */
    private @Nullable String unsettled() {
        List<SimMember> alive = members.stream().filter(each -> !each.isDead()).toList();
        DescribeGroupsResponse.DescribedGroup[] found = new DescribeGroupsResponse.DescribedGroup[1];
        coordinator.serve(groups -> found[0] = groups.classic().describe(SimMember.GROUP), error -> {});
        DescribeGroupsResponse.DescribedGroup described = found[0];
        if (described == null) {
            return "the coordinator does not serve";
        }
        if (alive.isEmpty()) {
            return described.members().isEmpty() ? null : "members without processes: " + described;
        }
        if (!described.groupState().equals("Stable") || described.members().size() != alive.size()) {
            return alive.size() + " processes live, the group is " + described;
        }
        Set<Integer> owned = new TreeSet<>();
        Set<Integer> generations = new HashSet<>();
        int sum = 0;
        for (SimMember member : alive) {
            if (!member.isWorking()) {
                return member.traits().name() + " does not work";
            }
            generations.add(member.generation());
            owned.addAll(member.owned());
            sum += member.owned().size();
        }
        if (generations.size() != 1) {
            return "members are in generations " + generations;
        }
        return owned.size() == shape.partitions() && sum == shape.partitions()
                ? null
                : sum + " ownerships of partitions " + owned;
    }
}
