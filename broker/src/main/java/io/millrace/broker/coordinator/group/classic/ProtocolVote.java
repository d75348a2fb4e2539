package io.millrace.broker.coordinator.group.classic;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How members agree on an assignment protocol. Pure. */
final class ProtocolVote {

    private ProtocolVote() {}

    /**
     * The protocol with the most votes among those that everybody supports; every member votes for the first such one of its
     * list, and at a tie the earliest member's list decides.
     *
     * @param ballots each member's protocols in its order of preference; at least one member
     * @throws IllegalStateException when there is no protocol that all support: members are refused before it comes to that
     */
    static String elect(List<List<MemberProtocol>> ballots) {
        Map<String, Integer> votes = new LinkedHashMap<>();
        Map<String, Integer> supporters = new LinkedHashMap<>();
        for (List<MemberProtocol> ballot : ballots) {
            ballot.stream()
                    .map(MemberProtocol::name)
                    .distinct()
                    .forEach(name -> supporters.merge(name, 1, Integer::sum));
        }
        for (MemberProtocol candidate : ballots.getFirst()) {
            if (supporters.getOrDefault(candidate.name(), 0) == ballots.size()) {
                votes.put(candidate.name(), 0);
            }
        }
        for (List<MemberProtocol> ballot : ballots) {
            for (MemberProtocol protocol : ballot) {
                if (votes.computeIfPresent(protocol.name(), (name, count) -> count + 1) != null) {
                    break;
                }
            }
        }
        String winner = null;
        int most = -1;
        for (Map.Entry<String, Integer> each : votes.entrySet()) {
            if (each.getValue() > most) {
                most = each.getValue();
                winner = each.getKey();
            }
        }
        if (winner == null) {
            throw new IllegalStateException("no protocol is supported by all " + ballots.size() + " members");
        }
        return winner;
    }
}
