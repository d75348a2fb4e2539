package io.millrace.simulation.disk;

/** What a folder entry names. */
sealed interface SimNode permits SimFile, SimFolder {

    /** The node as the next start finds it, for a folder without its entries; this one is left unchanged. */
    SimNode afterPowerCut(Survival survival);
}
