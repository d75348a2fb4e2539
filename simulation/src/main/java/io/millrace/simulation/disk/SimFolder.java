package io.millrace.simulation.disk;

import java.util.TreeMap;

/** A folder's entries, twice: as everybody sees them and as they are on the platter. {@link SimNames} moves one to the other. */
final class SimFolder implements SimNode {

    final TreeMap<String, SimNode> entries = new TreeMap<>();
    final TreeMap<String, SimNode> durable = new TreeMap<>();

    @Override
    public SimFolder afterPowerCut(Survival survival) {
        return new SimFolder();
    }
}
