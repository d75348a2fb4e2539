package io.millrace.simulation.group;

import io.millrace.broker.coordinator.group.state.GroupRecord;
import io.millrace.protocol.message.GroupMetadataValue;
import io.millrace.protocol.message.OffsetCommitValue;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the log committed and what members were told, checked as it happens. Owner: the simulation's thread.
 *
 * <ul>
 *   <li>a generation's number is given once: its beginning is committed once, and numbers only grow;
 *   <li>what a member is told of a generation is committed;
 *   <li>in one generation no partition has two owners (a static member that came back is the same owner);
 *   <li>committed offsets do not go back, and a fetch shows at least what was acknowledged before it was sent.
 * </ul>
 */
final class GroupHistory {

    private int lastGeneration;
    private final Set<Integer> begun = new LinkedHashSet<>();
    private final Map<Integer, Map<Integer, String>> ownersByGeneration = new HashMap<>();
    private final Map<Integer, Long> committedOffsets = new HashMap<>();
    private final Map<Integer, Long> acknowledgedOffsets = new HashMap<>();
    private long assignmentsTold;
    private long commitsAcknowledged;

    void committed(GroupRecord record) {
        switch (record) {
            case GroupRecord.GroupChanged(var group, var value) -> {
                if (value != null) {
                    generation(value);
                }
            }
            case GroupRecord.OffsetCommitted(var group, var topic, var partition, var value) -> {
                if (value != null) {
                    offset(partition, value);
                }
            }
        }
    }

    private void generation(GroupMetadataValue value) {
        boolean begins = value.members().isEmpty()
                || value.members().stream().allMatch(member -> member.assignment().length == 0);
        if (value.generation() < lastGeneration) {
            throw new GroupViolation("generation " + value.generation() + " committed after " + lastGeneration);
        }
        if (begins && !begun.add(value.generation())) {
            throw new GroupViolation("generation " + value.generation() + " begun twice");
        }
        if (!begins && !begun.contains(value.generation())) {
            throw new GroupViolation("generation " + value.generation() + " assigned before it began");
        }
        lastGeneration = value.generation();
    }

    private void offset(int partition, OffsetCommitValue value) {
        Long before = committedOffsets.put(partition, value.offset());
        if (before != null && value.offset() < before) {
            throw new GroupViolation("committed offset of partition " + partition + " went back from " + before + " to "
                    + value.offset());
        }
    }

    /** A member heard of its generation. */
    void joined(int generation, String owner) {
        if (!begun.contains(generation)) {
            throw new GroupViolation(owner + " was told of generation " + generation + ", which is not committed");
        }
    }

    /** A member was given partitions. */
    void assigned(int generation, String owner, Collection<Integer> partitions) {
        assignmentsTold++;
        Map<Integer, String> owners = ownersByGeneration.computeIfAbsent(generation, ignored -> new HashMap<>());
        for (int partition : partitions) {
            String before = owners.put(partition, owner);
            if (before != null && !before.equals(owner)) {
                throw new GroupViolation("partition " + partition + " belongs to " + before + " and to " + owner
                        + " in generation " + generation);
            }
        }
    }

    /** The least that a fetch which is sent now must show. */
    long acknowledged(int partition) {
        return acknowledgedOffsets.getOrDefault(partition, -1L);
    }

    void commitAcknowledged(int partition, long offset) {
        commitsAcknowledged++;
        acknowledgedOffsets.merge(partition, offset, Math::max);
    }

    void fetched(int partition, long offset, long atLeast) {
        if (offset < atLeast) {
            throw new GroupViolation(
                    "partition " + partition + " was acknowledged up to " + atLeast + " and then shown at " + offset);
        }
    }

    int lastGeneration() {
        return lastGeneration;
    }

    long assignmentsTold() {
        return assignmentsTold;
    }

    long commitsAcknowledged() {
        return commitsAcknowledged;
    }
}
